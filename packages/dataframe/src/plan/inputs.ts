/** How plans are walked and rewritten. */
import { mapSame } from "../expression/children.js";
import type { Plan } from "./plan.js";

export const inputsOf = (plan: Plan): readonly Plan[] => {
  if (plan.kind === "scan") return [];
  return plan.kind === "union" ? plan.inputs : [plan.input];
};

/** The operator with `rewrite` applied to each of its inputs; the same object if none changes. */
export const mapInputs = (plan: Plan, rewrite: (input: Plan) => Plan): Plan => {
  if (plan.kind === "scan") return plan;
  if (plan.kind === "union") {
    const inputs = mapSame(plan.inputs, rewrite);
    return inputs === plan.inputs ? plan : { ...plan, inputs };
  }
  const input = rewrite(plan.input);
  return input === plan.input ? plan : { ...plan, input };
};
