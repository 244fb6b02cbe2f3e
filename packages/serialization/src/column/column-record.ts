/**
 * One column, or the items of one, in the head of a chunk: a fixed record of 128 bytes, little-endian.
 *
 *   0  u8   type, position in COLUMN_TYPES          12 u8   bytes of a lower text bound
 *   1  u8   encoding, position in ENCODINGS         13 u8   bytes of an upper text bound
 *   2  u8   order, position in ORDERS               14 u16  0
 *   3  u8   flags: what is known, see below         16 i64  integers: offset, or the constant; boolean: the constant;
 *   4  u32  null count                                      constant float: its bits; constant code: the code
 *   8  u32  distinct count                          24 f64  magnitude (floats; of integers it follows from min and max)
 *   32 u32 x 6  position and size of the validity bitmap, the offsets (text, lists), the values; absent: 0, 0
 *   56 f64  smallest magnitude (floats)             64, 96  min, max: i64, f64, u8 or at most 32 bytes of text
 *
 * Everything that is not used is 0, so that equal columns have equal records.
 */
import { bitmapByteLength } from "./bitmap.js";
import type { BufferRange } from "./buffer-placement.js";
import { COLUMN_TYPES, type ColumnLayout, type ColumnType, ENCODINGS, type Encoding, ORDERS } from "./column-types.js";
import { NO_STATISTICS } from "./integer-statistics.js";

export const COLUMN_RECORD_BYTES = 128;

export const RECORD = {
  type: 0,
  encoding: 1,
  order: 2,
  flags: 3,
  nullCount: 4,
  distinctCount: 8,
  minBytes: 12,
  maxBytes: 13,
  base: 16,
  magnitude: 24,
  validity: 32,
  offsets: 40,
  values: 48,
  smallest: 56,
  min: 64,
  max: 96,
} as const;

export const FLAG_MIN = 1;
export const FLAG_MAX = 2;
export const FLAG_DISTINCT = 4;
export const FLAG_MAGNITUDE = 8;
export const FLAG_SMALLEST = 16;

/** Where the buffers of a column stand in the chunk. */
export interface ColumnPlacement {
  readonly validity: BufferRange;
  readonly offsets: BufferRange;
  readonly values: BufferRange;
}

/** Bytes of one stored value; 0 where there is no buffer of values or where its size is free (text) or in bits. */
const VALUE_BYTES: Readonly<Record<Encoding, number>> = {
  null: 0,
  constant: 0,
  bits: 0,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
  float64: 8,
  plain: 0,
  constantCode: 0,
  codes8: 1,
  codes16: 2,
  codes32: 4,
  list: 0,
};

/** Whether the encoding of a type has a buffer of text, whose size nothing else tells. */
const hasTextBuffer = (type: ColumnType, encoding: Encoding): boolean =>
  type === "utf8" && (encoding === "plain" || encoding === "constant");

/** The bytes that `array` covers, in place. */
export const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Every NaN is written with the same bits. */
const setFloat64 = (view: DataView, position: number, value: number): void => {
  if (Number.isNaN(value)) view.setBigUint64(position, 0x7ff8_0000_0000_0000n, true);
  else view.setFloat64(position, value, true);
};

const setBound = (
  view: DataView,
  position: number,
  lengthPosition: number,
  bound: boolean | bigint | number | Uint8Array,
): void => {
  if (typeof bound === "bigint") view.setBigInt64(position, bound, true);
  else if (typeof bound === "number") setFloat64(view, position, bound);
  else if (typeof bound === "boolean") view.setUint8(position, bound ? 1 : 0);
  else {
    view.setUint8(lengthPosition, bound.length);
    bytesOf(view).set(bound, position);
  }
};

/** Bytes of the buffer of values of a column with at least one value; undefined for text. */
export const valuesByteLength = (type: ColumnType, encoding: Encoding, rowCount: number): number | undefined => {
  if (hasTextBuffer(type, encoding)) return undefined;
  return encoding === "bits" ? bitmapByteLength(rowCount) : VALUE_BYTES[encoding] * rowCount;
};

const setRange = (view: DataView, position: number, range: BufferRange): void => {
  view.setUint32(position, range.offset, true);
  view.setUint32(position + 4, range.byteLength, true);
};

/** Write the record of a column at `start` of `view`, whose bytes there are 0. */
export const writeColumnRecord = (
  view: DataView,
  start: number,
  column: ColumnLayout,
  placement: ColumnPlacement,
): void => {
  // Of a column without values everything is known, whatever its statistics say.
  const statistics = column.encoding === "null" ? NO_STATISTICS : column.statistics;
  const { order, min, max, magnitude, smallest, distinctCount } = statistics;
  view.setUint8(start + RECORD.type, COLUMN_TYPES.indexOf(column.type));
  view.setUint8(start + RECORD.encoding, ENCODINGS.indexOf(column.encoding));
  view.setUint8(start + RECORD.order, ORDERS.indexOf(order));
  view.setUint32(start + RECORD.nullCount, column.nullCount, true);
  let flags = 0;
  if (min !== undefined) {
    flags |= FLAG_MIN;
    setBound(view, start + RECORD.min, start + RECORD.minBytes, min);
  }
  if (max !== undefined) {
    flags |= FLAG_MAX;
    setBound(view, start + RECORD.max, start + RECORD.maxBytes, max);
  }
  if (distinctCount !== undefined) {
    flags |= FLAG_DISTINCT;
    view.setUint32(start + RECORD.distinctCount, distinctCount, true);
  }
  if (typeof magnitude === "number") {
    flags |= FLAG_MAGNITUDE;
    setFloat64(view, start + RECORD.magnitude, magnitude);
  }
  if (smallest !== undefined) {
    flags |= FLAG_SMALLEST;
    setFloat64(view, start + RECORD.smallest, smallest);
  }
  view.setUint8(start + RECORD.flags, flags);
  setBase(view, start + RECORD.base, column);
  setRange(view, start + RECORD.validity, placement.validity);
  setRange(view, start + RECORD.offsets, placement.offsets);
  setRange(view, start + RECORD.values, placement.values);
};

const setBase = (view: DataView, position: number, column: ColumnLayout): void => {
  if (column.encoding === "constantCode") view.setUint32(position, column.code, true);
  else if ("offset" in column) view.setBigInt64(position, column.offset, true);
  else if (column.encoding !== "constant") return;
  else if (column.type === "float32" || column.type === "float64")
    bytesOf(view).set(bytesOf(column.values.subarray(0, 1)), position);
  else if (column.type === "boolean") view.setUint8(position, column.value ? 1 : 0);
  else if (column.type !== "utf8") view.setBigInt64(position, column.value, true);
};
