import { areAllSet, isBitSet } from "./bitmap.js";
import type { Order, Statistics } from "./column-types.js";
import { bigintOfWords } from "./int64-words.js";

/** What one pass over a column finds. */
export interface Measured<Value> {
  readonly statistics: Statistics<Value>;
  /** Whether all values have equal bits; true for none. */
  readonly identical: boolean;
}

/** The order to claim for values that ascend or descend, which nulls between them take away. */
export const orderOf = (
  ascending: boolean,
  descending: boolean,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Order => {
  const isOrdered = ascending || descending;
  // Nulls are last when the rows before them are all valid.
  if (!isOrdered || (validity !== undefined && !areAllSet(validity, rowCount - nullCount))) return "none";
  return ascending ? (descending ? "constant" : "ascending") : "descending";
};

export const magnitudeOf = (min: bigint, max: bigint): bigint => (-min > max ? -min : max);

/** The statistics of a column without any value. */
export const NO_STATISTICS: Statistics<never> = Object.freeze({
  order: "constant",
  min: undefined,
  max: undefined,
  magnitude: undefined,
  smallest: undefined,
  distinctCount: 0,
});

/** The statistics of a column of which nothing is claimed. */
export const UNKNOWN_STATISTICS: Statistics<never> = Object.freeze({
  order: "none",
  min: undefined,
  max: undefined,
  magnitude: undefined,
  smallest: undefined,
  distinctCount: undefined,
});

/** The statistics of an integer column whose values are all `value`. */
export const constantIntegerStatistics = (value: bigint, order: Order): Statistics<bigint> => ({
  order,
  min: value,
  max: value,
  magnitude: magnitudeOf(value, value),
  smallest: undefined,
  distinctCount: 1,
});

/**
 * Measure integers that are exact as numbers; each value is `offset` + a stored one.
 * @param values - at least `rowCount` whole numbers of at most 2^53 in magnitude.
 */
export const measureIntegers = (
  values: Int8Array | Int16Array | Int32Array | Float64Array,
  offset: bigint,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<bigint> => {
  if (nullCount === rowCount) return { statistics: NO_STATISTICS, identical: true };
  let row = 0;
  if (validity !== undefined) while (!isBitSet(validity, row)) row++;
  let previous = values[row]!;
  let min = previous;
  let max = previous;
  let ascents = 0;
  let descents = 0;
  // While the values may still be ordered, each is compared to the one before it.
  for (row++; row < rowCount && (ascents === 0 || descents === 0); row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const value = values[row]!;
    if (value > previous) {
      ascents++;
      if (value > max) max = value;
    } else if (value < previous) {
      descents++;
      if (value < min) min = value;
    }
    previous = value;
  }
  // Then only the bounds are left, whose branches the processor predicts: half the time on shuffled values.
  for (; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const value = values[row]!;
    if (value > max) max = value;
    else if (value < min) min = value;
  }
  return integerResult(BigInt(min) + offset, BigInt(max) + offset, ascents, descents, rowCount, nullCount, validity);
};

/** Measure 64-bit integers by their halves. @param words - low and high half of each row, see `wordsOf`. */
export const measureWords = (
  words: Int32Array,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<bigint> => {
  if (nullCount === rowCount) return { statistics: NO_STATISTICS, identical: true };
  let row = 0;
  if (validity !== undefined) while (!isBitSet(validity, row)) row++;
  // The low half compares as unsigned; with its top bit turned it compares as signed and stays a small integer.
  let previousLow = words[row * 2]! ^ -0x8000_0000;
  let previousHigh = words[row * 2 + 1]!;
  let minLow = previousLow;
  let minHigh = previousHigh;
  let maxLow = previousLow;
  let maxHigh = previousHigh;
  let ascents = 0;
  let descents = 0;
  for (row++; row < rowCount && (ascents === 0 || descents === 0); row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const low = words[row * 2]! ^ -0x8000_0000;
    const high = words[row * 2 + 1]!;
    if (high > previousHigh || (high === previousHigh && low > previousLow)) {
      ascents++;
      if (high > maxHigh || (high === maxHigh && low > maxLow)) {
        maxLow = low;
        maxHigh = high;
      }
    } else if (high !== previousHigh || low !== previousLow) {
      descents++;
      if (high < minHigh || (high === minHigh && low < minLow)) {
        minLow = low;
        minHigh = high;
      }
    }
    previousLow = low;
    previousHigh = high;
  }
  for (; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const low = words[row * 2]! ^ -0x8000_0000;
    const high = words[row * 2 + 1]!;
    if (high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxLow = low;
      maxHigh = high;
    } else if (high < minHigh || (high === minHigh && low < minLow)) {
      minLow = low;
      minHigh = high;
    }
  }
  const min = bigintOfWords(minLow ^ -0x8000_0000, minHigh);
  const max = bigintOfWords(maxLow ^ -0x8000_0000, maxHigh);
  return integerResult(min, max, ascents, descents, rowCount, nullCount, validity);
};

const integerResult = (
  min: bigint,
  max: bigint,
  ascents: number,
  descents: number,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<bigint> => {
  const isOrdered = ascents === 0 || descents === 0;
  const order = orderOf(descents === 0, ascents === 0, rowCount, nullCount, validity);
  // In ordered values every change starts a value that was not there before.
  const distinctCount = isOrdered ? ascents + descents + 1 : undefined;
  const magnitude = magnitudeOf(min, max);
  return { statistics: { order, min, max, magnitude, smallest: undefined, distinctCount }, identical: min === max };
};
