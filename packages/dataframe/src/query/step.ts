/** One more operator on a plan: measured, checked, and with everything known that a program could not say. */
import { Eau2Error } from "@eau2/protocol";
import { SCHEMA_COLUMNS_MAX } from "../column/schema-record.js";
import { typedNulls } from "../expression/typed-nulls.js";
import { deepFreeze } from "../plan/deep-freeze.js";
import { mapExpressions } from "../plan/map-expressions.js";
import type { Plan } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";
import { checkPlanLimits } from "../plan/plan-limits.js";

/** @throws {@link Eau2Error} `PLAN_INVALID` for what is too large, `USAGE` for too many columns, and as {@link planColumns}. */
export const checkedStep = (step: Plan): Plan => {
  // First: all else recurses over it.
  checkPlanLimits(step);
  const plan = deepFreeze(step);
  const { length } = planColumns(plan);
  if (length > SCHEMA_COLUMNS_MAX) {
    throw new Eau2Error(
      "USAGE",
      `the result has ${length} columns, a frame has ${SCHEMA_COLUMNS_MAX} at most; make several frames, or a column of lists`,
      { columns: length, columnsMax: SCHEMA_COLUMNS_MAX },
    );
  }
  const typed = withTypedNulls(plan);
  return typed === plan ? plan : deepFreeze(typed);
};

const withTypedNulls = (plan: Plan): Plan => {
  if (!("input" in plan)) return plan;
  const columns = planColumns(plan.input);
  return mapExpressions(plan, (expression) => typedNulls(expression, columns));
};
