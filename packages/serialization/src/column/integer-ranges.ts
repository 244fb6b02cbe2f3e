import type { ColumnLayout, IntegerLayout, IntegerType } from "./column-types.js";

type Range = readonly [min: bigint, max: bigint];

const INT32: Range = [-(2n ** 31n), 2n ** 31n - 1n];
const INT64: Range = [-(2n ** 63n), 2n ** 63n - 1n];

/** Smallest and largest value of a type. */
export const INTEGER_RANGES: Readonly<Record<IntegerType, Range>> = {
  int8: [-(2n ** 7n), 2n ** 7n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  int32: INT32,
  int64: INT64,
  date: INT32,
  timestamp: INT64,
};

/** Whether a column is one of integers inside: dates and timestamps too. */
export const isIntegerLayout = (layout: ColumnLayout): layout is IntegerLayout =>
  Object.hasOwn(INTEGER_RANGES, layout.type);

/** Whether integers from `min` to `max` are all of `type`; undefined bounds are of no values. */
export const isInsideType = (type: IntegerType, min: bigint | undefined, max: bigint | undefined): boolean => {
  const [low, high] = INTEGER_RANGES[type];
  return (min === undefined || min >= low) && (max === undefined || max <= high);
};
