/**
 * Columns from ready arrays, for readers and kernels that produce them: no pass but the one that measures and packs.
 * The arrays are taken over: the column may use their memory, and slots of null rows are set to zero.
 * A bitmap has bit `row` set where the row has a value, spare bits 0; without one no row is null.
 */
import { Eau2Error } from "@eau2/protocol";
import {
  encodeCodes,
  encodeFloat64s,
  encodeIntegers,
  encodeUtf8,
  type Float64Layout,
  type IntegerLayout,
  isBitSet,
  type Utf8Layout,
} from "@eau2/serialization";
import { INT64_NUMBER_MAX } from "./int64-number.js";

/**
 * An int64 column of the first `count` numbers.
 * @throws {@link Eau2Error} `TYPE_MISMATCH` when a value is no integer, `INT64_UNSAFE` when it is beyond 2^53.
 */
export const int64ColumnFromNumbers = (values: Float64Array, count: number, bitmap?: Uint8Array): IntegerLayout => {
  for (let row = 0; row < count; row++) {
    const value = values[row]!;
    if (Math.trunc(value) === value && value <= INT64_NUMBER_MAX && value >= -INT64_NUMBER_MAX) continue;
    if (bitmap !== undefined && !isBitSet(bitmap, row)) continue;
    const isInteger = Number.isInteger(value);
    throw new Eau2Error(
      isInteger ? "INT64_UNSAFE" : "TYPE_MISMATCH",
      `make an int64 column: row ${row} is ${value}, ${isInteger ? "beyond 2^53 and not exact; give bigints" : "no integer; use float64"}`,
      { row },
    );
  }
  return encodeIntegers("int64", values, count, bitmap);
};

/** A float64 column of the first `count` numbers; every bit of them is kept. */
export const float64Column = (values: Float64Array, count: number, bitmap?: Uint8Array): Float64Layout =>
  encodeFloat64s(values, count, bitmap);

/** A text column of codes in a dictionary of `dictionarySize` strings, in the narrowest width for that size. */
export const dictionaryColumn = (
  codes: Uint8Array | Uint16Array | Uint32Array,
  dictionarySize: number,
  bitmap?: Uint8Array,
): Utf8Layout => encodeCodes(codes, dictionarySize, codes.length, bitmap);

/** A plain text column of `offsets.length - 1` rows; row `r` is `bytes` from `offsets[r]` up to `offsets[r + 1]`; nulls have none. */
export const utf8Column = (offsets: Uint32Array, bytes: Uint8Array, bitmap?: Uint8Array): Utf8Layout =>
  encodeUtf8(offsets, bytes, offsets.length - 1, bitmap);
