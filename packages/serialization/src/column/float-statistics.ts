import { isBitSet } from "./bitmap.js";
import { type Measured, NO_STATISTICS, orderOf } from "./integer-statistics.js";

/**
 * Measure floats in the order of `sort`: NaN after every number and equal to NaN, -0 equal to 0.
 * @param values - at least `rowCount` values; slots of null rows are not looked at.
 */
export const measureFloats = (
  values: Float32Array | Float64Array,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<number> => {
  if (nullCount === rowCount) return { statistics: NO_STATISTICS, identical: true };
  let row = 0;
  if (validity !== undefined) while (!isBitSet(validity, row)) row++;
  const first = row;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let magnitude = -1;
  let smallest = Number.POSITIVE_INFINITY;
  let nanCount = 0;
  let ascents = 0;
  let descents = 0;
  let previous = values[row]!;
  for (; row < rowCount && (ascents === 0 || descents === 0); row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const value = values[row]!;
    if (value > previous) ascents++;
    else if (value < previous) descents++;
    else if (value !== previous) {
      // One of the two is NaN, or both are.
      if (!Number.isNaN(value)) descents++;
      else if (!Number.isNaN(previous)) ascents++;
    }
    previous = value;
  }
  // Apart from the order, which shuffled values settle at once, so that the branches here are predicted.
  for (row = first; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const value = values[row]!;
    if (Number.isNaN(value)) {
      nanCount++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    const size = Math.abs(value);
    if (size > magnitude && size !== Number.POSITIVE_INFINITY) magnitude = size;
    if (size < smallest && size !== 0) smallest = size;
  }
  const hasNumbers = nanCount < rowCount - nullCount;
  const isOrdered = ascents === 0 || descents === 0;
  return {
    statistics: {
      order: orderOf(descents === 0, ascents === 0, rowCount, nullCount, validity),
      min: hasNumbers ? min + 0 : Number.NaN, // + 0: -0 comes out as 0
      max: nanCount > 0 ? Number.NaN : max + 0,
      magnitude: magnitude < 0 ? undefined : magnitude,
      smallest: smallest === Number.POSITIVE_INFINITY ? undefined : smallest,
      distinctCount: isOrdered ? ascents + descents + 1 : undefined,
    },
    // Only values that compare equal can have equal bits, so most columns never need this pass.
    identical: ascents + descents === 0 && haveEqualBits(values, first, rowCount, validity),
  };
};

const haveEqualBits = (
  values: Float32Array | Float64Array,
  first: number,
  rowCount: number,
  validity: Uint8Array | undefined,
): boolean => {
  // The last word of each value and, of wide ones, the first: narrow values have the same word twice.
  const step = values.BYTES_PER_ELEMENT / 4;
  const words = new Int32Array(values.buffer, values.byteOffset, rowCount * step);
  const low = words[first * step]!;
  const high = words[(first + 1) * step - 1]!;
  for (let row = first + 1; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    if (words[row * step] !== low || words[(row + 1) * step - 1] !== high) return false;
  }
  return true;
};
