/**
 * Two filters in a row become one, the inner condition first.
 *
 * Must not fire where the outer condition may fail: `and` would compute it for rows where the inner one is null, which the
 * inner filter had taken away.
 */
import { allOf, conjunctsOf } from "../expression/conjuncts.js";
import { mayFail } from "../expression/may-fail.js";
import { planColumns } from "../plan/plan-columns.js";
import type { Rule } from "./rule.js";

export const mergeFilters: Rule = (plan) => {
  if (plan.kind !== "filter" || plan.input.kind !== "filter") return plan;
  const inner = plan.input;
  if (mayFail(plan.predicate, planColumns(inner))) return plan;
  const predicate = allOf([...conjunctsOf(inner.predicate), ...conjunctsOf(plan.predicate)]);
  return { kind: "filter", input: inner.input, predicate };
};
