/**
 * Columns between reading and sealing. What a block has parsed is staged as chunks in their final form already, measured and
 * packed once; only columns of strings are not final: they are codes of the segment's dictionary, as small integers. So
 * staged and sealed columns take about the same room, and sealing touches columns of strings alone.
 */
import { Eau2Error, VALUE_BYTES_MAX } from "@eau2/protocol";
import {
  bitmapByteLength,
  type ColumnLayout,
  type Dictionary,
  encodeBooleans,
  encodeCodes,
  encodeFloat64s,
  encodeIntegers,
  type IntegerLayout,
  isBitSet,
} from "@eau2/serialization";
import { utf8Column } from "../column/column-from-arrays.js";
import type { RowColumn } from "../kernels/row-kernel-types.js";
import type { ScratchMemory } from "./scratch-memory.js";

/** The type that codes are staged as. */
const CODE_TYPE = "int32";

/** A column of the kernel, packed where it lies: to be written elsewhere before the kernel goes on. */
export const stagedColumn = ({ type, values, validity }: RowColumn, rowCount: number): ColumnLayout => {
  switch (type) {
    case "boolean":
      return encodeBooleans(values, rowCount, validity);
    case "int64":
    case "timestamp":
    case "date":
      return encodeIntegers(type, values, rowCount, validity, "source");
    case "float64":
      return encodeFloat64s(values, rowCount, validity);
    case "utf8":
      return encodeIntegers(CODE_TYPE, values, rowCount, validity, "source");
    default:
      return type satisfies never;
  }
};

const asCodes = (staged: ColumnLayout): IntegerLayout => {
  if (staged.type !== CODE_TYPE) throw new Error(`invariant: strings are staged as codes, not as ${staged.type}`);
  return staged;
};

/** The staged codes of all rows; those of null rows are some code that exists, if there is one. */
const codesOf = (staged: IntegerLayout, scratch: ScratchMemory): Uint32Array => {
  const codes = scratch.uint32Array(staged.rowCount);
  switch (staged.encoding) {
    case "null":
      return codes.fill(0);
    case "constant":
      return codes.fill(Number(staged.value));
    case "int64":
      throw new Error("invariant: codes are never int64");
    default: {
      codes.set(staged.values);
      // Inside the range of the codes, so it is one itself: slots of null rows are 0.
      const offset = Number(staged.offset);
      if (offset !== 0) shift(codes, offset);
      return codes;
    }
  }
};

// Functions of their own: loops inside generators, which async functions are, compile to slower code.
const shift = (codes: Uint32Array, by: number): void => {
  for (let row = 0; row < codes.length; row++) codes[row]! += by;
};

/** Each code by its new one. `into` may be `codes`. */
export const translate = (codes: Uint32Array, newCodes: Uint32Array, into: Uint32Array): void => {
  for (let row = 0; row < codes.length; row++) into[row] = newCodes[codes[row]!]!;
};

const bitmapOf = ({ validity, nullCount, rowCount }: ColumnLayout): Uint8Array | undefined =>
  validity ?? (nullCount === 0 ? undefined : new Uint8Array(bitmapByteLength(rowCount)));

/** A column of codes in the frame's dictionary, packed where they lie. */
export const codedColumn = (codes: Uint32Array, dictionarySize: number, bitmap?: Uint8Array): ColumnLayout =>
  encodeCodes(codes, dictionarySize, codes.length, bitmap, "source");

/** A column of the strings that the codes mean. @throws Eau2Error `VALUE_TOO_LARGE` when they are larger than a value may be. */
export const plainColumn = (
  codes: Uint32Array,
  dictionary: Dictionary,
  bitmap: Uint8Array | undefined,
  scratch: ScratchMemory,
): ColumnLayout => {
  const offsets = scratch.uint32Array(codes.length + 1);
  const bytes = measure(codes, dictionary.offsets, bitmap, offsets);
  assertChunkBytes(bytes, codes.length);
  const values = scratch.uint8Array(bytes);
  copyStrings(codes, dictionary, bitmap, values);
  return utf8Column(offsets, values, bitmap);
};

/** A staged column of strings, coded. @param newCodes - for each code of the segment that of the frame. */
export const sealCoded = (
  column: ColumnLayout,
  newCodes: Uint32Array,
  dictionarySize: number,
  scratch: ScratchMemory,
): ColumnLayout => {
  const staged = asCodes(column);
  const codes = codesOf(staged, scratch);
  if (staged.encoding !== "null") translate(codes, newCodes, codes);
  return codedColumn(codes, dictionarySize, bitmapOf(staged));
};

/** A staged column of strings, plain. @throws as {@link plainColumn} */
export const sealPlain = (column: ColumnLayout, dictionary: Dictionary, scratch: ScratchMemory): ColumnLayout => {
  const staged = asCodes(column);
  return plainColumn(codesOf(staged, scratch), dictionary, bitmapOf(staged), scratch);
};

/** Fills in where each row's string ends; null rows have no bytes. A double, because the sum may not fit 32 bits. */
const measure = (
  codes: Uint32Array,
  from: Uint32Array,
  bitmap: Uint8Array | undefined,
  offsets: Uint32Array,
): number => {
  let bytes = 0;
  offsets[0] = 0;
  for (let row = 0; row < codes.length; row++) {
    if (bitmap === undefined || isBitSet(bitmap, row)) bytes += from[codes[row]! + 1]! - from[codes[row]!]!;
    offsets[row + 1] = bytes;
  }
  return bytes;
};

const copyStrings = (
  codes: Uint32Array,
  { offsets, values }: Dictionary,
  bitmap: Uint8Array | undefined,
  into: Uint8Array,
): void => {
  let to = 0;
  for (let row = 0; row < codes.length; row++) {
    if (bitmap !== undefined && !isBitSet(bitmap, row)) continue;
    const code = codes[row]!;
    // A loop, because a view for every row would cost more than its few bytes.
    for (let at = offsets[code]!, end = offsets[code + 1]!; at < end; at++) into[to++] = values[at]!;
  }
};

/** @throws Eau2Error `VALUE_TOO_LARGE` for a chunk that the store would refuse. */
export const assertChunkBytes = (bytes: number, rowCount: number): void => {
  if (bytes <= VALUE_BYTES_MAX) return;
  throw new Eau2Error(
    "VALUE_TOO_LARGE",
    `a chunk of ${rowCount} rows has ${bytes} bytes, ${VALUE_BYTES_MAX} are allowed; load with fewer rows a chunk (--chunk-rows)`,
    { bytes, bytesMax: VALUE_BYTES_MAX },
  );
};
