/** One more operator on a plan: measured, checked, and with everything known that a program could not say. */
import type { Expression } from "../expression/expression.js";
import { typedNulls } from "../expression/typed-nulls.js";
import { deepFreeze } from "../plan/deep-freeze.js";
import type { Plan } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";
import { checkPlanLimits } from "../plan/plan-limits.js";

/** @throws {@link Eau2Error} `PLAN_INVALID` for what is too large, and as {@link planColumns}. */
export const checkedStep = (plan: Plan): Plan => {
  // First: all else recurses over it.
  checkPlanLimits(plan);
  planColumns(plan);
  const typed = deepFreeze(withTypedNulls(plan));
  planColumns(typed);
  return typed;
};

const withTypedNulls = (plan: Plan): Plan => {
  if (!("input" in plan)) return plan;
  const typed = (expression: Expression): Expression => typedNulls(expression, planColumns(plan.input));
  switch (plan.kind) {
    case "filter":
      return { ...plan, predicate: typed(plan.predicate) };
    case "project":
      return {
        ...plan,
        columns: plan.columns.map(({ name, expression }) => ({ name, expression: typed(expression) })),
      };
    case "aggregate":
      return {
        ...plan,
        keys: plan.keys.map(({ name, expression }) => ({ name, expression: typed(expression) })),
        aggregates: plan.aggregates.map(({ name, aggregate }) => ({
          name,
          aggregate: { ...aggregate, args: aggregate.args.map(typed) },
        })),
      };
    case "sort":
      return { ...plan, by: plan.by.map((key) => ({ ...key, expression: typed(key.expression) })) };
    default:
      return plan;
  }
};
