/**
 * The first rows of a sort: it keeps no more than those, which is a selection and not a sort. With an offset it keeps the
 * rows before it too, and the limit that takes them away stays.
 *
 * Must not fire where the sum of offset and count is no exact number.
 */
import type { Rule } from "./rule.js";

export const topK: Rule = (plan) => {
  if (plan.kind !== "limit" || plan.input.kind !== "sort") return plan;
  const sort = plan.input;
  const needed = plan.offset + plan.count;
  if (!Number.isSafeInteger(needed) || (sort.limit !== null && sort.limit <= needed)) return plan;
  const top = { ...sort, limit: needed };
  return plan.offset === 0 ? top : { ...plan, input: top };
};
