import type { IntegerType } from "./column-types.js";

/** Smallest and largest value of a type. */
export const INTEGER_RANGES: Readonly<Record<IntegerType, readonly [min: bigint, max: bigint]>> = {
  int8: [-(2n ** 7n), 2n ** 7n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** Whether integers from `min` to `max` are all of `type`; undefined bounds are of no values. */
export const isInsideType = (type: IntegerType, min: bigint | undefined, max: bigint | undefined): boolean => {
  const [low, high] = INTEGER_RANGES[type];
  return (min === undefined || min >= low) && (max === undefined || max <= high);
};
