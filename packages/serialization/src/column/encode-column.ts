/**
 * Ready arrays -> layouts: measure once, choose the cheapest encoding, pack. All functions here take their arrays over:
 * a layout may refer to them, and the slots of null rows are set to zero in place. Nothing may write to them afterwards.
 */
import { bitmapByteLength, clearNullSlots, countSetBits, isBitSet, isSpareClear } from "./bitmap.js";
import { measureBits } from "./boolean-statistics.js";
import { chooseEncoding } from "./choose-encoding.js";
import { type Codes, measureCodes } from "./code-statistics.js";
import type {
  BooleanLayout,
  Float32Layout,
  Float64Layout,
  FloatLayout,
  FloatType,
  IntegerLayout,
  IntegerType,
  ListLayout,
  ScalarLayout,
  Utf8Layout,
} from "./column-types.js";
import { measureFloats } from "./float-statistics.js";
import { setWords, wordsOf } from "./int64-words.js";
import { isInsideType } from "./integer-ranges.js";
import { measureIntegers, measureWords, NO_STATISTICS, UNKNOWN_STATISTICS } from "./integer-statistics.js";
import { measureUtf8 } from "./utf8-statistics.js";

/**
 * Where packed values go: into an array of their own, or over the source they are packed from. The second makes no garbage and
 * is for memory that its owner uses again and again; a layout that is kept would keep all of it.
 */
export type PackInto = "new array" | "source";

interface ArrayType<Values> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Values;
}

/** Packing runs forward, so over its source it only overtakes what it reads when values get wider; then it gets an array. */
const packedArray = <Values>(
  Type: ArrayType<Values>,
  source: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number },
  rowCount: number,
  into: PackInto,
): Values =>
  into === "source" && Type.BYTES_PER_ELEMENT <= source.BYTES_PER_ELEMENT
    ? new Type(source.buffer, source.byteOffset, rowCount)
    : new Type(new ArrayBuffer(rowCount * Type.BYTES_PER_ELEMENT), 0, rowCount);

interface RowFacts {
  readonly rowCount: number;
  readonly nullCount: number;
  /** Undefined when no row or every row is null. */
  readonly validity: Uint8Array | undefined;
}

/** Count the nulls of a bitmap and drop it when it says nothing. Its spare bits are checked, not cleared. */
const rowFacts = (rowCount: number, bitmap: Uint8Array | undefined, slotCount: number): RowFacts => {
  if (slotCount < rowCount) throw new Error(`invariant: ${rowCount} rows in an array of ${slotCount}`);
  if (bitmap === undefined) return { rowCount, nullCount: 0, validity: undefined };
  const byteCount = bitmapByteLength(rowCount);
  if (bitmap.length < byteCount) throw new Error(`invariant: ${rowCount} rows in a bitmap of ${bitmap.length} bytes`);
  if (!isSpareClear(bitmap, rowCount)) throw new Error("invariant: the spare bits of a bitmap are 0");
  const nullCount = rowCount - countSetBits(bitmap, rowCount);
  const saysNothing = nullCount === 0 || nullCount === rowCount;
  return { rowCount, nullCount, validity: saysNothing ? undefined : bitmap.subarray(0, byteCount) };
};

const firstValidRow = (validity: Uint8Array | undefined): number => {
  let row = 0;
  if (validity !== undefined) while (!isBitSet(validity, row)) row++;
  return row;
};

const mismatch = (type: string, encoding: string): Error => new Error(`invariant: ${type} is never ${encoding}`);

/** @param bits - bit-packed values, spare bits 0. @param bitmap - bits of rows that have a value; undefined: all. */
export const encodeBooleans = (bits: Uint8Array, rowCount: number, bitmap?: Uint8Array): BooleanLayout => {
  const rows = rowFacts(rowCount, bitmap, bits.length * 8);
  if (!isSpareClear(bits, rowCount)) throw new Error("invariant: the spare bits of booleans are 0");
  const { statistics, identical } = measureBits(bits, rowCount, rows.nullCount, rows.validity);
  const { encoding } = chooseEncoding({ type: "boolean", ...rows, identical });
  const column = { type: "boolean", ...rows, statistics } as const;
  if (encoding === "null") return { ...column, encoding, statistics: NO_STATISTICS };
  if (encoding === "constant") return { ...column, encoding, value: statistics.min === true };
  if (encoding !== "bits") throw mismatch("boolean", encoding);
  const values = bits.subarray(0, bitmapByteLength(rowCount));
  if (rows.validity !== undefined) for (let at = 0; at < values.length; at++) values[at]! &= rows.validity[at]!;
  return { ...column, encoding, values };
};

/**
 * @param source - whole numbers inside `type`'s range, as they are; a Float64Array holds at most 2^53 in magnitude.
 * @param bitmap - bits of rows that have a value; undefined: all.
 */
export const encodeIntegers = (
  type: IntegerType,
  source: Int32Array | Float64Array | BigInt64Array,
  rowCount: number,
  bitmap?: Uint8Array,
  into: PackInto = "new array",
): IntegerLayout => {
  const rows = rowFacts(rowCount, bitmap, source.length);
  const words = source instanceof BigInt64Array ? wordsOf(source) : undefined;
  const { statistics, identical } =
    source instanceof BigInt64Array
      ? measureWords(wordsOf(source), rowCount, rows.nullCount, rows.validity)
      : measureIntegers(source, 0n, rowCount, rows.nullCount, rows.validity);
  if (!isInsideType(type, statistics.min, statistics.max)) {
    throw new Error(`invariant: values from ${statistics.min} to ${statistics.max} are no ${type}`);
  }
  const { encoding, offset } = chooseEncoding({ type, ...rows, identical, min: statistics.min, max: statistics.max });
  const column = { type, ...rows, statistics } as const;
  if (encoding === "null") return { ...column, encoding, statistics: NO_STATISTICS };
  if (encoding === "constant" && statistics.min !== undefined) return { ...column, encoding, value: statistics.min };
  const pack = (into: Int8Array | Int16Array | Int32Array): void => {
    if (words !== undefined) packWords(words, offset, rowCount, into);
    else packNumbers(source as Int32Array | Float64Array, Number(offset), rowCount, into);
    if (rows.validity !== undefined) clearNullSlots(into, into.BYTES_PER_ELEMENT, rows.validity, rowCount);
  };
  switch (encoding) {
    case "int8": {
      const values = packedArray(Int8Array, source, rowCount, into);
      pack(values);
      return { ...column, encoding, offset, values };
    }
    case "int16": {
      const values = packedArray(Int16Array, source, rowCount, into);
      pack(values);
      return { ...column, encoding, offset, values };
    }
    case "int32": {
      const values = packedArray(Int32Array, source, rowCount, into);
      pack(values);
      return { ...column, encoding, offset, values };
    }
    case "int64": {
      const values = source instanceof BigInt64Array ? source.subarray(0, rowCount) : int64sOf(source, rowCount);
      if (rows.validity !== undefined) clearNullSlots(values, 8, rows.validity, rowCount);
      return { ...column, encoding, offset, values };
    }
    default:
      throw mismatch(type, encoding);
  }
};

const packNumbers = (
  source: Int32Array | Float64Array,
  offset: number,
  rowCount: number,
  into: Int8Array | Int16Array | Int32Array,
): void => {
  for (let row = 0; row < rowCount; row++) into[row] = source[row]! - offset;
};

/** The differences fit into 32 bits, so the low halves alone give them, modulo 2^32. */
const packWords = (
  words: Int32Array,
  offset: bigint,
  rowCount: number,
  into: Int8Array | Int16Array | Int32Array,
): void => {
  const low = Number(BigInt.asIntN(32, offset));
  for (let row = 0; row < rowCount; row++) into[row] = (words[row * 2]! - low) | 0;
};

const int64sOf = (source: Int32Array | Float64Array, rowCount: number): BigInt64Array => {
  const values = new BigInt64Array(rowCount);
  const words = wordsOf(values);
  for (let row = 0; row < rowCount; row++) setWords(words, row, source[row]!);
  return values;
};

/** @param bitmap - bits of rows that have a value; undefined: all. */
export const encodeFloat64s = (source: Float64Array, rowCount: number, bitmap?: Uint8Array): Float64Layout =>
  encodeFloats("float64", source, rowCount, bitmap) as Float64Layout;

/** @param bitmap - bits of rows that have a value; undefined: all. */
export const encodeFloat32s = (source: Float32Array, rowCount: number, bitmap?: Uint8Array): Float32Layout =>
  encodeFloats("float32", source, rowCount, bitmap) as Float32Layout;

/** @param source - of the array type that `type` is stored in. */
const encodeFloats = (
  type: FloatType,
  source: Float32Array | Float64Array,
  rowCount: number,
  bitmap: Uint8Array | undefined,
): FloatLayout => {
  const rows = rowFacts(rowCount, bitmap, source.length);
  const { statistics, identical } = measureFloats(source, rowCount, rows.nullCount, rows.validity);
  const { encoding } = chooseEncoding({ type, ...rows, identical });
  const column = { type, ...rows, statistics };
  if (encoding === "null") return { ...column, encoding, statistics: NO_STATISTICS };
  if (encoding === "constant") {
    const row = firstValidRow(rows.validity);
    return { ...column, encoding, values: source.slice(row, row + 1) } as FloatLayout;
  }
  if (encoding !== type) throw mismatch(type, encoding);
  const values = source.subarray(0, rowCount);
  if (rows.validity !== undefined) clearNullSlots(values, values.BYTES_PER_ELEMENT, rows.validity, rowCount);
  return { ...column, encoding, values } as FloatLayout;
};

/**
 * @param offsets - rowCount + 1, the first 0; rows that are null have no bytes.
 * @param bitmap - bits of rows that have a value; undefined: all.
 */
export const encodeUtf8 = (
  offsets: Uint32Array,
  bytes: Uint8Array,
  rowCount: number,
  bitmap?: Uint8Array,
): Utf8Layout => {
  const rows = rowFacts(rowCount, bitmap, offsets.length - 1);
  assertOffsets(offsets, bytes.length, rows, "utf8");
  const { statistics, identical } = measureUtf8(offsets, bytes, rowCount, rows.nullCount, rows.validity);
  const { encoding } = chooseEncoding({ type: "utf8", ...rows, identical });
  const column = { type: "utf8", ...rows, statistics } as const;
  if (encoding === "null") return { ...column, encoding, statistics: NO_STATISTICS };
  if (encoding === "constant") {
    const row = firstValidRow(rows.validity);
    return { ...column, encoding, values: bytes.slice(offsets[row]!, offsets[row + 1]!) };
  }
  if (encoding !== "plain") throw mismatch("plain utf8", encoding);
  return {
    ...column,
    encoding,
    offsets: offsets.subarray(0, rowCount + 1),
    values: bytes.subarray(0, offsets[rowCount]!),
  };
};

const assertOffsets = (
  offsets: Uint32Array,
  end: number,
  { rowCount, validity }: RowFacts,
  type: "utf8" | "list",
): void => {
  if (offsets[0] !== 0) throw new Error(`invariant: the first offset of a ${type} column is 0`);
  if (offsets[rowCount]! > end) throw new Error(`invariant: the offsets of a ${type} column end inside its values`);
  for (let row = 0; row < rowCount; row++) {
    if (offsets[row + 1]! < offsets[row]!)
      throw new Error(`invariant: the offsets of a ${type} column ascend, row ${row}`);
    if (validity !== undefined && offsets[row + 1] !== offsets[row] && !isBitSet(validity, row)) {
      throw new Error(`invariant: a null in a ${type} column has no values, row ${row}`);
    }
  }
};

/**
 * @param offsets - rowCount + 1, the first 0; rows that are null have no items.
 * @param items - as many as the last offset says.
 * @param bitmap - bits of rows that have a list; undefined: all.
 */
export const encodeLists = (
  offsets: Uint32Array,
  items: ScalarLayout,
  rowCount: number,
  bitmap?: Uint8Array,
): ListLayout => {
  const rows = rowFacts(rowCount, bitmap, offsets.length - 1);
  assertOffsets(offsets, items.rowCount, rows, "list");
  if (offsets[rowCount] !== items.rowCount) throw new Error("invariant: every item is in a list");
  const { encoding } = chooseEncoding({ type: "list", ...rows, identical: false });
  const column = { type: "list", ...rows } as const;
  if (encoding === "null") return { ...column, encoding, statistics: NO_STATISTICS };
  if (encoding !== "list") throw mismatch("list", encoding);
  return { ...column, encoding, statistics: UNKNOWN_STATISTICS, offsets: offsets.subarray(0, rowCount + 1), items };
};

/**
 * @param codes - positions in a dictionary of `dictionarySize` entries, in any width.
 * @param bitmap - bits of rows that have a value; undefined: all.
 */
export const encodeCodes = (
  codes: Codes,
  dictionarySize: number,
  rowCount: number,
  bitmap?: Uint8Array,
  into: PackInto = "new array",
): Utf8Layout => {
  const rows = rowFacts(rowCount, bitmap, codes.length);
  const measured = measureCodes(codes, dictionarySize, rowCount, rows.nullCount, rows.validity);
  if (measured === undefined) throw new Error(`invariant: codes are below the dictionary's size, ${dictionarySize}`);
  const { statistics, identical } = measured;
  const { encoding } = chooseEncoding({ type: "utf8", ...rows, identical, dictionarySize });
  const column = { type: "utf8", ...rows, statistics } as const;
  if (encoding === "null") return { ...column, encoding, statistics: NO_STATISTICS };
  if (encoding === "constantCode") return { ...column, encoding, code: codes[firstValidRow(rows.validity)]! };
  const used = codes.subarray(0, rowCount);
  if (rows.validity !== undefined) clearNullSlots(used, used.BYTES_PER_ELEMENT, rows.validity, rowCount);
  const pack = <Values extends Codes>(Type: ArrayType<Values>): Values =>
    packCodes(used, packedArray(Type, used, rowCount, into));
  switch (encoding) {
    case "codes8":
      return { ...column, encoding, values: used instanceof Uint8Array ? used : pack(Uint8Array) };
    case "codes16":
      return { ...column, encoding, values: used instanceof Uint16Array ? used : pack(Uint16Array) };
    case "codes32":
      return { ...column, encoding, values: used instanceof Uint32Array ? used : pack(Uint32Array) };
    default:
      throw mismatch("coded utf8", encoding);
  }
};

const packCodes = <Packed extends Codes>(codes: Codes, into: Packed): Packed => {
  for (let row = 0; row < into.length; row++) into[row] = codes[row]!;
  return into;
};
