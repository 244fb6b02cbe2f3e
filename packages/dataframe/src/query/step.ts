/** One more operator on a plan: measured, checked, and with everything known that a program could not say. */
import { typedNulls } from "../expression/typed-nulls.js";
import { deepFreeze } from "../plan/deep-freeze.js";
import { mapExpressions } from "../plan/map-expressions.js";
import type { Plan } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";
import { checkPlanLimits } from "../plan/plan-limits.js";

/** @throws {@link Eau2Error} `PLAN_INVALID` for what is too large, and as {@link planColumns}. */
export const checkedStep = (step: Plan): Plan => {
  // First: all else recurses over it.
  checkPlanLimits(step);
  const plan = deepFreeze(step);
  planColumns(plan);
  const typed = withTypedNulls(plan);
  return typed === plan ? plan : deepFreeze(typed);
};

const withTypedNulls = (plan: Plan): Plan => {
  if (!("input" in plan)) return plan;
  const columns = planColumns(plan.input);
  return mapExpressions(plan, (expression) => typedNulls(expression, columns));
};
