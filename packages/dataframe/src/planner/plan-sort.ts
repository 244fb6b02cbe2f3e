/** From the keys of a sort to what its tasks are told. */
import type { Expression } from "../expression/expression.js";
import { partitionCount } from "../frame/partition-rule.js";
import type { Derived, SortKey } from "../plan/plan.js";
import type { SortSpec } from "../sort/sort-spec.js";
import { type KnownColumn, keyField, rowInput } from "./plan-inputs.js";

/** Up to so many first rows are picked chunk by chunk; more are cut off a whole sort. */
const FIRST_ROWS_MAX = 65_536;
/** Rows of the sample for each range. */
const SAMPLE_ROWS = 64;

export interface SortPlan {
  /** The columns that the tasks read: keys, then those of the result. */
  readonly columns: readonly Derived[];
  readonly spec: SortSpec;
  /** Keys that are read as ranks of their dictionary. */
  readonly ranked: readonly number[];
  readonly partitionCount: number;
  readonly sampleStride: number;
}

export const planSort = (
  by: readonly SortKey[],
  names: readonly string[],
  limit: number | null,
  columnOf: (expression: Expression) => KnownColumn,
  rowCount: number,
): SortPlan => {
  const keys = by.map(({ expression }) => columnOf(expression));
  const results = names.map((name): Expression => ({ kind: "column", name }));
  const isShort = limit !== null && limit <= FIRST_ROWS_MAX;
  const parts = isShort ? 1 : partitionCount(rowCount);
  return {
    columns: [
      ...by.map(({ expression }, index) => ({ name: `k${index}`, expression })),
      ...results.map((expression, index) => ({ name: `i${index}`, expression })),
    ],
    spec: {
      keys: by.map(({ descending, nullsFirst }, index) => ({ field: keyField(keys[index]!), descending, nullsFirst })),
      inputs: results.map((expression) => rowInput(columnOf(expression))),
      limit: isShort ? limit : null,
    },
    ranked: keys.flatMap(({ type }, index) => (type === "utf8" ? [index] : [])),
    partitionCount: parts,
    sampleStride: Math.max(1, Math.floor(rowCount / (parts * SAMPLE_ROWS))),
  };
};
