/**
 * A sort whose rows are only grouped goes: sums, counts, extremes and quantiles are the same in any order, and the order of
 * groups has no meaning.
 *
 * Must not fire where an aggregate depends on the order of rows (first, last; mode, minBy and maxBy take the first of equals;
 * top and bottom may keep -0 or 0); where the sort has a limit; nor through distinct, limit, sample and sort, which pick or
 * place rows by their order.
 */
import type { AggregateName } from "../plan/aggregate.js";
import { mapInputs } from "../plan/inputs.js";
import type { Plan } from "../plan/plan.js";
import type { Rule } from "./rule.js";

const ORDERED: ReadonlySet<AggregateName> = new Set<AggregateName>([
  "first",
  "last",
  "mode",
  "minBy",
  "maxBy",
  "top",
  "bottom",
]);

export const dropSortBelowAggregate: Rule = (plan) => {
  if (plan.kind !== "aggregate" || plan.aggregates.some(({ aggregate }) => ORDERED.has(aggregate.name))) return plan;
  return mapInputs(plan, withoutSorts);
};

/** Through operators that look at each row by itself. */
const withoutSorts = (plan: Plan): Plan => {
  switch (plan.kind) {
    case "sort":
      return plan.limit === null ? withoutSorts(plan.input) : plan;
    case "filter":
    case "project":
    case "explode":
    case "union":
      return mapInputs(plan, withoutSorts);
    default:
      return plan;
  }
};
