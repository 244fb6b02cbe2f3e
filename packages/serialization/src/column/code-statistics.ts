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
  distinctCount: 1,
});

/** Marks the codes of all rows in `seen`. @returns how many there are, -1 when one has no place. No branch but for the last. */
const countSeen = (codes: Codes, rowCount: number, seen: Uint8Array): number => {
  const { length } = seen;
  let distinctCount = 0;
  for (let row = 0; row < rowCount; row++) {
    const code = codes[row]!;
    if (code >= length) return -1;
    distinctCount += 1 - seen[code]!;
    seen[code] = 1;
  }
  return distinctCount;
};

const countSeenValid = (codes: Codes, rowCount: number, seen: Uint8Array, validity: Uint8Array): number => {
  let distinctCount = 0;
  for (let row = 0; row < rowCount; row++) {
    if (!isBitSet(validity, row)) continue;
    const code = codes[row]!;
    if (code >= seen.length) return -1;
    distinctCount += 1 - seen[code]!;
    seen[code] = 1;
  }
  return distinctCount;
};

/**
 * Measure dictionary codes.
 * @param dictionarySize - above every code of a row that is not null.
 * @returns undefined when a code is not below `dictionarySize`.
 * @remarks A byte of scratch for each entry of the dictionary.
 */
export const measureCodes = (
  codes: Codes,
  dictionarySize: number,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<Uint8Array> | undefined => {
  if (nullCount === rowCount) return { statistics: NO_STATISTICS, identical: true };
  const seen = new Uint8Array(dictionarySize);
  const distinctCount =
    validity === undefined ? countSeen(codes, rowCount, seen) : countSeenValid(codes, rowCount, seen, validity);
  if (distinctCount < 0) return undefined;
  const identical = distinctCount === 1;
  const order = orderOf(identical, identical, rowCount, nullCount, validity);
  return { statistics: { ...constantCodeStatistics(order), distinctCount }, identical };
};
