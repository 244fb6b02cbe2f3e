/**
 * Computes the constant parts of all expressions; a filter that is always true goes, one that never is lets no row through.
 * What must not be computed is said in `expression/fold.ts`.
 */
import { foldExpression } from "../expression/fold.js";
import { inputsOf } from "../plan/inputs.js";
import { mapExpressions } from "../plan/map-expressions.js";
import type { Filter, Plan } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";

export const foldConstants = (plan: Plan): Plan => {
  const [input] = inputsOf(plan);
  if (input === undefined) return plan;
  const columns = planColumns(input);
  const folded = mapExpressions(plan, (expression) => foldExpression(expression, columns));
  return folded.kind === "filter" ? foldFilter(folded) : folded;
};

const foldFilter = (filter: Filter): Plan => {
  const { predicate, input } = filter;
  if (predicate.kind !== "literal") return filter;
  return predicate.value === true ? input : { kind: "limit", input, offset: 0, count: 0 };
};
