/** Rows of a vector, in any order and as often as wanted, as a fresh vector. */
import { areAllSet, bitmapByteLength, type IntegerLayout, isBitSet, setBit, wordsOf } from "@eau2/serialization";
import { listsOfVector } from "../vector/lists-of-vector.js";
import { TextBuilder } from "../vector/text-builder.js";
import type {
  BooleanVector,
  CodedVector,
  ColumnVector,
  ListVector,
  NumberVector,
  TextVector,
  Vector,
  WideVector,
} from "../vector/vector.js";
import { SAFE_MAX } from "./operand.js";

/**
 * @param rows - row numbers of `vector`; the first `count` are taken.
 * @returns a vector that shares no buffer of values with `vector`; a dictionary stays.
 */
export const gather = (vector: Vector, rows: Uint32Array, count: number): Vector => {
  switch (vector.kind) {
    case "column":
      return gatherColumn(vector, rows, count);
    case "numbers": {
      const validity = gatherValidity(vector.validity, rows, count);
      return { ...vector, rowCount: count, validity, values: gatherNumbers(vector.values, rows, count) };
    }
    case "wide": {
      const validity = gatherValidity(vector.validity, rows, count);
      return { ...vector, rowCount: count, validity, values: gatherWide(vector.values, rows, count) };
    }
    case "booleans": {
      const validity = gatherValidity(vector.validity, rows, count);
      return { ...vector, rowCount: count, validity, bits: gatherBits(vector.bits, rows, count) };
    }
    case "coded": {
      const validity = gatherValidity(vector.validity, rows, count);
      return { ...vector, rowCount: count, validity, codes: gatherCodes(vector.codes, rows, count) };
    }
    case "text":
      return gatherText(vector.offsets, vector.bytes, vector.validity, rows, count);
    case "lists":
      return gatherLists(vector, rows, count);
    default:
      return vector satisfies never;
  }
};

const gatherBits = (bits: Uint8Array, rows: Uint32Array, count: number): Uint8Array => {
  const gathered = new Uint8Array(bitmapByteLength(count));
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    gathered[at >>> 3]! |= ((bits[row >>> 3]! >>> (row & 7)) & 1) << (at & 7);
  }
  return gathered;
};

/** Undefined as well when none of the rows that are left is null. */
const gatherValidity = (validity: Uint8Array | undefined, rows: Uint32Array, count: number): Uint8Array | undefined => {
  if (validity === undefined) return undefined;
  const gathered = gatherBits(validity, rows, count);
  return areAllSet(gathered, count) ? undefined : gathered;
};

/** Loops that see one type of array each stay fast: so there is one copy of this loop for each of them. */
type Typed = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array | Uint8Array | Uint16Array | Uint32Array;
const gatherLoops = new Map<
  string,
  (from: Typed, into: Typed, rows: Uint32Array, count: number, offset: number) => void
>();

const gatherInto = <Into extends Typed>(
  from: Typed,
  into: Into,
  rows: Uint32Array,
  count: number,
  offset = 0,
): Into => {
  const key = `${from.constructor.name} ${into.constructor.name} ${offset === 0}`;
  let loop = gatherLoops.get(key);
  if (loop === undefined) {
    const value = offset === 0 ? "from[rows[at]]" : "from[rows[at]] + offset";
    const text = `for (let at = 0; at < count; at++) into[at] = ${value}; // ${key}`;
    loop = new Function("from", "into", "rows", "count", "offset", text) as NonNullable<typeof loop>;
    gatherLoops.set(key, loop);
  }
  loop(from, into, rows, count, offset);
  return into;
};

const gatherNumbers = (values: NumberVector["values"], rows: Uint32Array, count: number): NumberVector["values"] =>
  gatherInto(values, values instanceof Int32Array ? new Int32Array(count) : new Float64Array(count), rows, count);

const gatherWide = (values: BigInt64Array, rows: Uint32Array, count: number): BigInt64Array => {
  const gathered = new BigInt64Array(count);
  const from = wordsOf(values);
  const into = wordsOf(gathered);
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    into[2 * at] = from[2 * row]!;
    into[2 * at + 1] = from[2 * row + 1]!;
  }
  return gathered;
};

const gatherCodes = (codes: CodedVector["codes"], rows: Uint32Array, count: number): CodedVector["codes"] => {
  const Codes = codes.constructor as new (length: number) => CodedVector["codes"];
  return gatherInto(codes, new Codes(count), rows, count);
};

const gatherText = (
  offsets: Uint32Array,
  bytes: Uint8Array,
  validity: Uint8Array | undefined,
  rows: Uint32Array,
  count: number,
): TextVector => {
  let length = 0;
  for (let at = 0; at < count; at++) length += offsets[rows[at]! + 1]! - offsets[rows[at]!]!;
  const text = new TextBuilder(count, length);
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    text.append(bytes, offsets[row]!, offsets[row + 1]!);
    text.endRow();
  }
  const gathered = gatherValidity(validity, rows, count);
  return { kind: "text", rowCount: count, validity: gathered, offsets: text.offsets, bytes: text.bytes };
};

/** One string in all rows but those that are null. */
const repeatText = (bytes: Uint8Array, validity: Uint8Array | undefined, count: number): TextVector => {
  const text = new TextBuilder(count, bytes.length * count);
  for (let at = 0; at < count; at++) {
    if (validity === undefined || isBitSet(validity, at)) text.append(bytes, 0, bytes.length);
    text.endRow();
  }
  return { kind: "text", rowCount: count, validity, offsets: text.offsets, bytes: text.bytes };
};

const gatherLists = ({ offsets, validity, elements }: ListVector, rows: Uint32Array, count: number): ListVector => {
  const into = new Uint32Array(count + 1);
  for (let at = 0; at < count; at++) into[at + 1] = into[at]! + offsets[rows[at]! + 1]! - offsets[rows[at]!]!;
  const elementCount = into[count]!;
  const picked = new Uint32Array(elementCount);
  for (let at = 0, element = 0; at < count; at++) {
    const end = offsets[rows[at]! + 1]!;
    for (let from = offsets[rows[at]!]!; from < end; from++) picked[element++] = from;
  }
  return {
    kind: "lists",
    rowCount: count,
    validity: gatherValidity(validity, rows, count),
    offsets: into,
    elements: gather(elements, picked, elementCount),
  };
};

const gatherColumn = (vector: ColumnVector, rows: Uint32Array, count: number): Vector => {
  const { layout, dictionary } = vector;
  // The same for every row: nothing to pick but nulls, and there are none.
  if (layout.encoding === "null") {
    return { ...vector, rowCount: count, layout: { ...layout, rowCount: count, nullCount: count } };
  }
  const isConstant = layout.encoding === "constant" || layout.encoding === "constantCode";
  if (isConstant && layout.validity === undefined && count > 0) {
    return { ...vector, rowCount: count, layout: { ...layout, rowCount: count } };
  }
  if (layout.type === "list") return gatherLists(listsOfVector(vector), rows, count);
  const validity = gatherValidity(layout.validity, rows, count);
  const fresh = { rowCount: count, validity };
  switch (layout.type) {
    case "boolean": {
      if (layout.encoding === "bits")
        return { kind: "booleans", ...fresh, bits: gatherBits(layout.values, rows, count) };
      const bits = new Uint8Array(bitmapByteLength(count));
      if (layout.value) for (let at = 0; at < count; at++) setBit(bits, at);
      return { kind: "booleans", ...fresh, bits } satisfies BooleanVector;
    }
    case "float32":
    case "float64": {
      const values = new Float64Array(count);
      if (layout.encoding === "constant") values.fill(layout.values[0]!);
      else gatherInto(layout.values, values, rows, count);
      return { kind: "numbers", type: layout.type, ...fresh, values };
    }
    case "utf8": {
      if (layout.encoding === "plain") return gatherText(layout.offsets, layout.values, layout.validity, rows, count);
      if (layout.encoding === "constant") return repeatText(layout.values, validity, count);
      if (dictionary === undefined) throw new Error("invariant: a column of codes comes with its dictionary");
      const codes =
        layout.encoding === "constantCode"
          ? new Uint32Array(count).fill(layout.code)
          : gatherCodes(layout.values, rows, count);
      return { kind: "coded", ...fresh, codes, dictionary, isUnique: true };
    }
    default:
      return gatherIntegers(layout, validity, rows, count);
  }
};

const gatherIntegers = (
  layout: Exclude<IntegerLayout, { readonly encoding: "null" }>,
  validity: Uint8Array | undefined,
  rows: Uint32Array,
  count: number,
): NumberVector | WideVector => {
  const { type } = layout;
  const { min = -(2n ** 63n), max = 2n ** 63n - 1n } = layout.statistics;
  const fresh = { rowCount: count, validity };
  if (min < -SAFE_MAX || max > SAFE_MAX) {
    const wide = { kind: "wide", type: type as WideVector["type"], ...fresh } as const;
    if (layout.encoding === "int64") return { ...wide, values: gatherWide(layout.values, rows, count) };
    if (layout.encoding === "constant") return { ...wide, values: new BigInt64Array(count).fill(layout.value) };
    const values = new BigInt64Array(count);
    for (let at = 0; at < count; at++) values[at] = layout.offset + BigInt(layout.values[rows[at]!]!);
    return { ...wide, values };
  }
  const isSmall = min >= -(2n ** 31n) && max < 2n ** 31n;
  const values = isSmall ? new Int32Array(count) : new Float64Array(count);
  const vector = { kind: "numbers", type, ...fresh, values } as const;
  if (layout.encoding === "constant") values.fill(Number(layout.value));
  else if (layout.encoding === "int64") {
    const words = wordsOf(layout.values);
    for (let at = 0; at < count; at++) {
      const row = rows[at]!;
      values[at] = words[2 * row + 1]! * 2 ** 32 + (words[2 * row]! >>> 0);
    }
  } else gatherInto(layout.values, values, rows, count, Number(layout.offset));
  return vector;
};
