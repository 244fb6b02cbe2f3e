import { isBitSet } from "./bitmap.js";
import type { Order, Statistics } from "./column-types.js";
import { type Measured, NO_STATISTICS, orderOf } from "./integer-statistics.js";

export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** The statistics of rows that all have one code; the string's bytes are in the dictionary, so bounds are not known. */
export const constantCodeStatistics = (order: Order): Statistics<Uint8Array> => ({
  order,
  min: undefined,
  max: undefined,
  magnitude: undefined,
  smallest: undefined,
  distinctCount: 1,
});

/**
 * Distinct codes are counted for dictionaries of up to so many entries: their marks stay in the cache. With more, finding a
 * mark cost more than all the rest of a chunk, for a number that only planners look at.
 */
const COUNTED_DICTIONARY_MAX = 65_536;

/** Least and greatest code of the rows with a value; of which there is at least one. */
const codeRange = (codes: Codes, rowCount: number, validity: Uint8Array | undefined): { min: number; max: number } => {
  let min = 2 ** 32;
  let max = 0;
  for (let row = 0; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const code = codes[row]!;
    if (code < min) min = code;
    if (code > max) max = code;
  }
  return { min, max };
};

/** How many different codes the rows with a value have; all are below `dictionarySize`. No branch without nulls. */
const countDistinct = (
  codes: Codes,
  rowCount: number,
  dictionarySize: number,
  validity: Uint8Array | undefined,
): number => {
  const seen = new Uint8Array(dictionarySize);
  let distinctCount = 0;
  for (let row = 0; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const code = codes[row]!;
    distinctCount += 1 - seen[code]!;
    seen[code] = 1;
  }
  return distinctCount;
};

/**
 * Measure dictionary codes.
 * @param dictionarySize - above every code of a row that is not null.
 * @returns undefined when a code is not below `dictionarySize`.
 * @remarks `distinctCount` is known up to {@link COUNTED_DICTIONARY_MAX} entries, for a byte of scratch each, and where all
 * codes are the same.
 */
export const measureCodes = (
  codes: Codes,
  dictionarySize: number,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<Uint8Array> | undefined => {
  if (nullCount === rowCount) return { statistics: NO_STATISTICS, identical: true };
  const { min, max } = codeRange(codes, rowCount, validity);
  if (max >= dictionarySize) return undefined;
  const identical = min === max;
  const order = orderOf(identical, identical, rowCount, nullCount, validity);
  const isCounted = !identical && dictionarySize <= COUNTED_DICTIONARY_MAX;
  const distinctCount = isCounted ? countDistinct(codes, rowCount, dictionarySize, validity) : undefined;
  return { statistics: { ...constantCodeStatistics(order), distinctCount: identical ? 1 : distinctCount }, identical };
};
