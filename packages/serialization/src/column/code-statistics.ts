import { bitmapByteLength, isBitSet } from "./bitmap.js";
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

/**
 * Measure dictionary codes.
 * @param dictionarySize - above every code of a row that is not null.
 * @returns undefined when a code is not below `dictionarySize`.
 * @remarks A bit of scratch for each entry of the dictionary.
 */
export const measureCodes = (
  codes: Codes,
  dictionarySize: number,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<Uint8Array> | undefined => {
  if (nullCount === rowCount) return { statistics: NO_STATISTICS, identical: true };
  const seen = new Uint8Array(bitmapByteLength(dictionarySize));
  let distinctCount = 0;
  for (let row = 0; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const code = codes[row]!;
    if (code >= dictionarySize) return undefined;
    const bit = 1 << (code & 7);
    const byte = seen[code >>> 3]!;
    if ((byte & bit) !== 0) continue;
    seen[code >>> 3] = byte | bit;
    distinctCount++;
  }
  const identical = distinctCount === 1;
  const order = orderOf(identical, identical, rowCount, nullCount, validity);
  return { statistics: { ...constantCodeStatistics(order), distinctCount }, identical };
};
