import type { Plan } from "../plan/plan.js";

/**
 * A rule looks at one operator and its inputs, and gives an operator with the same rows in its place, or the same object
 * where it does not apply. It must make progress: applied to its own result it ends after a few steps.
 *
 * Every rule keeps names, types, order and values of the columns, and the order of rows except that of groups, which
 * has no meaning. No rule computes an expression that may fail for rows where it was not computed before; a rule may leave
 * out what nobody sees, and with it an error.
 */
export type Rule = (plan: Plan) => Plan;
