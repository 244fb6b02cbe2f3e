/** A projection onto all columns of its input as they are, in their order, goes. Not one that renames, drops or reorders. */
import { planColumns } from "../plan/plan-columns.js";
import type { Rule } from "./rule.js";

export const dropIdentityProject: Rule = (plan) => {
  if (plan.kind !== "project") return plan;
  const columns = planColumns(plan.input);
  const isIdentity =
    columns.length === plan.columns.length &&
    plan.columns.every(
      ({ name, expression }, index) =>
        expression.kind === "column" && expression.name === name && columns[index]!.name === name,
    );
  return isIdentity ? plan.input : plan;
};
