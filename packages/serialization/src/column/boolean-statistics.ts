import { isBitSet } from "./bitmap.js";
import { type Measured, NO_STATISTICS, orderOf } from "./integer-statistics.js";

/** Measure bit-packed booleans; false comes before true. */
export const measureBits = (
  values: Uint8Array,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<boolean> => {
  if (nullCount === rowCount) return { statistics: NO_STATISTICS, identical: true };
  let row = 0;
  if (validity !== undefined) while (!isBitSet(validity, row)) row++;
  const first = isBitSet(values, row);
  let previous = first;
  let ascents = 0;
  let descents = 0;
  for (row++; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const value = isBitSet(values, row);
    if (value === previous) continue;
    if (value) ascents++;
    else descents++;
    previous = value;
  }
  const identical = ascents + descents === 0;
  return {
    statistics: {
      order: orderOf(descents === 0, ascents === 0, rowCount, nullCount, validity),
      min: identical && first,
      max: !identical || first,
      magnitude: undefined,
      smallest: undefined,
      distinctCount: identical ? 1 : 2,
    },
    identical,
  };
};
