/**
 * A limit moves below a projection, into the inputs of a union, and into another limit, so that rows that nobody sees are
 * not computed. A limit that takes nothing away goes.
 *
 * Must not fire through filter, explode, distinct, aggregate and sample, which change how many rows there are; for a sort
 * there is `top-k.ts`. The limit above a union stays: each input may give as many rows as all together may. Not where a sum
 * of offsets and counts is no exact number.
 */
import { mapInputs } from "../plan/inputs.js";
import type { Limit, Plan, Union } from "../plan/plan.js";
import { rowCountMax } from "../plan/row-count-max.js";
import type { Rule } from "./rule.js";

export const pushLimitDown: Rule = (plan) => {
  if (plan.kind !== "limit") return plan;
  const { input, offset, count } = plan;
  if (offset === 0 && rowCountMax(input) <= count) return input;
  switch (input.kind) {
    case "project":
      return mapInputs(input, (inner): Plan => ({ ...plan, input: inner }));
    case "limit":
      return intoLimit(plan, input);
    case "union":
      return intoUnion(plan, input);
    default:
      return plan;
  }
};

const intoLimit = (limit: Limit, inner: Limit): Plan => {
  const offset = inner.offset + limit.offset;
  if (!Number.isSafeInteger(offset)) return limit;
  const count = Math.max(0, Math.min(limit.count, inner.count - limit.offset));
  return { kind: "limit", input: inner.input, offset, count };
};

const intoUnion = (limit: Limit, union: Union): Plan => {
  const count = limit.offset + limit.count;
  const limited = mapInputs(union, (input) =>
    rowCountMax(input) <= count ? input : { kind: "limit", input, offset: 0, count },
  );
  return limited === union ? limit : { ...limit, input: limited };
};
