/** Vectors of every kind and encoding, with the values that they hold. */
import {
  bitmapByteLength,
  encodeBooleans,
  encodeCodes,
  encodeFloat32s,
  encodeFloat64s,
  encodeIntegers,
  encodeLists,
  encodeUtf8,
  isBitSet,
  type ScalarLayout,
  setBit,
} from "@eau2/serialization";
import type { ScalarType } from "../../src/expression/expression.js";
import type { ColumnVector, Vector } from "../../src/vector/vector.js";
import type { PlainValue } from "./plain-interpreter.js";
import type { Random } from "./random.js";

const validityOf = (values: readonly PlainValue[]): Uint8Array => {
  const bits = new Uint8Array(bitmapByteLength(values.length));
  for (const [row, value] of values.entries()) if (value !== null) setBit(bits, row);
  return bits;
};

const bitsOf = (values: readonly PlainValue[]): Uint8Array => {
  const bits = new Uint8Array(bitmapByteLength(values.length));
  for (const [row, value] of values.entries()) if (value === true) setBit(bits, row);
  return bits;
};

type IntegerType = "int8" | "int16" | "int32" | "int64" | "date" | "timestamp";
const LIMITS: Readonly<Record<IntegerType, readonly [min: bigint, max: bigint]>> = {
  int8: [-128n, 127n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  date: [-(2n ** 31n), 2n ** 31n - 1n],
  timestamp: [-(2n ** 63n), 2n ** 63n - 1n],
};

const EDGES = [
  0n,
  1n,
  -1n,
  2n,
  3n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];
const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  2.5,
  -2.5,
  1e-300,
  1e300,
  2 ** 53,
  -(2 ** 63),
  3.999,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const STRINGS = [
  "",
  "a",
  "A",
  "b",
  "straße",
  "ÀB",
  "constructor",
  "__proto__",
  "🦊x",
  " 12 ",
  "-3.5",
  "12",
  "1e3",
  "true",
  "a\nb",
  '"',
  "2024-02-29",
  "aaa",
  "  pad",
  "\t\u00a0x\u2003\n",
  "\u{e9}t\u{e9}",
  "x".repeat(40),
];

const clamp = (value: bigint, [min, max]: readonly [bigint, bigint]): bigint =>
  value < min ? min : value > max ? max : value;

/** One way of making values of a type, for one column: narrow, far from 0, of any size, all the same. */
const integerMaker = (random: Random, type: IntegerType): (() => bigint) => {
  const limits = LIMITS[type];
  const small = (): bigint => BigInt(random.below(9) - 4);
  const base = type === "date" ? 19_782n : type === "timestamp" ? 1_709_210_096_789_012n : 2n ** 40n;
  switch (random.below(6)) {
    case 0:
    case 1:
      return type === "timestamp" ? () => BigInt(Math.floor((random.unit() - 0.5) * 2 ** 38)) : small;
    case 2:
      return () => clamp(base + BigInt(random.below(100_000)), limits);
    case 3:
      return () => clamp(BigInt(Math.floor((random.unit() - 0.5) * 2 ** 50)), limits);
    case 4: {
      const value = clamp(random.pick(EDGES), limits);
      return () => value;
    }
    default:
      return () => clamp(random.pick(EDGES) + small(), limits);
  }
};

const floatMaker = (random: Random): (() => number) => {
  if (random.chance(0.3)) return () => Math.round((random.unit() - 0.5) * 200) / 4;
  if (random.chance(0.1)) {
    const value = random.pick(FLOATS);
    return () => value;
  }
  return () => (random.chance(0.5) ? random.pick(FLOATS) : (random.unit() - 0.5) * 1e6);
};

/** Values of a type as a column may hold them. */
export const randomValues = (random: Random, type: ScalarType, rowCount: number): PlainValue[] => {
  const nulls = random.pick([0, 0, 0.2, 0.9, 1]);
  const make: () => PlainValue =
    type === "boolean"
      ? () => random.chance(0.5)
      : type === "utf8"
        ? () => random.pick(STRINGS)
        : type === "float64" || type === "float32"
          ? floatMaker(random)
          : integerMaker(random, type);
  return Array.from({ length: rowCount }, () => {
    if (random.chance(nulls)) return null;
    const value = make();
    return type === "float32" ? Math.fround(value as number) : value;
  });
};

/** What stands in the slots of null rows of a fresh vector: anything. */
const junk = (random: Random): number => random.pick([0, 7, Number.NaN, 2 ** 60, -1.5]);

export const textArrays = (values: readonly PlainValue[]): { offsets: Uint32Array; bytes: Uint8Array } => {
  const parts = values.map((value) => Buffer.from((value as string | null) ?? ""));
  const offsets = new Uint32Array(values.length + 1);
  for (const [row, part] of parts.entries()) offsets[row + 1] = offsets[row]! + part.length;
  return { offsets, bytes: new Uint8Array(Buffer.concat(parts)) };
};

const encoded = (random: Random, type: ScalarType, values: readonly PlainValue[]): ColumnVector => {
  const rowCount = values.length;
  const validity = validityOf(values);
  const vector = (layout: ColumnVector["layout"], dictionary?: ColumnVector["dictionary"]): ColumnVector => ({
    kind: "column",
    rowCount,
    layout,
    dictionary,
  });
  switch (type) {
    case "boolean":
      return vector(encodeBooleans(bitsOf(values), rowCount, validity));
    case "float64":
      return vector(
        encodeFloat64s(
          Float64Array.from(values, (value) => Number(value ?? 0)),
          rowCount,
          validity,
        ),
      );
    case "float32":
      return vector(
        encodeFloat32s(
          Float32Array.from(values, (value) => Number(value ?? 0)),
          rowCount,
          validity,
        ),
      );
    case "utf8": {
      if (random.chance(0.4)) {
        const { offsets, bytes } = textArrays(values);
        return vector(encodeUtf8(offsets, bytes, rowCount, validity));
      }
      // With strings in the dictionary that no row has.
      const strings: PlainValue[] = [...new Set([...values.filter((value) => value !== null), "nobody", "12x"])];
      const { offsets, bytes } = textArrays(strings);
      const dictionary = { count: strings.length, offsets, values: bytes };
      const codes = Uint32Array.from(values, (value) => Math.max(0, strings.indexOf(value)));
      return vector(encodeCodes(codes, strings.length, rowCount, validity), dictionary);
    }
    default:
      return vector(
        encodeIntegers(
          type,
          BigInt64Array.from(values, (value) => BigInt((value as bigint | null) ?? 0n)),
          rowCount,
          validity,
        ),
      );
  }
};

const fresh = (random: Random, type: ScalarType, values: readonly PlainValue[]): Vector => {
  const rowCount = values.length;
  const validity = values.includes(null) || random.chance(0.2) ? validityOf(values) : undefined;
  switch (type) {
    case "boolean": {
      const bits = bitsOf(values);
      for (const [row, value] of values.entries()) if (value === null && random.chance(0.5)) setBit(bits, row);
      return { kind: "booleans", rowCount, validity, bits };
    }
    case "utf8": {
      const { offsets, bytes } = textArrays(values);
      if (random.chance(0.5)) return { kind: "text", rowCount, validity, offsets, bytes };
      // Strings twice in the dictionary.
      const strings: PlainValue[] = [...new Set(values.filter((value) => value !== null)), ...STRINGS];
      const codes = Uint16Array.from(values, (value) => {
        if (value === null) return random.below(strings.length);
        return random.chance(0.5) ? strings.indexOf(value) : strings.lastIndexOf(value);
      });
      const text = textArrays(strings);
      const dictionary = { count: strings.length, offsets: text.offsets, values: text.bytes };
      return { kind: "coded", rowCount, validity, codes, dictionary, isUnique: false };
    }
    case "float64":
    case "float32":
      return {
        kind: "numbers",
        type,
        rowCount,
        validity,
        values: Float64Array.from(values, (value) => (value === null ? junk(random) : Number(value))),
      };
    default: {
      const isWide = values.some((value) => value !== null && BigInt.asIntN(54, value as bigint) !== value);
      if (isWide || (random.chance(0.2) && (type === "int64" || type === "timestamp"))) {
        const wide = BigInt64Array.from(values, (value) => (value === null ? 2n ** 62n : (value as bigint)));
        return { kind: "wide", type: type as "int64" | "timestamp", rowCount, validity, values: wide };
      }
      const isSmall = values.every((value) => value === null || BigInt.asIntN(32, value as bigint) === value);
      const numbers = values.map((value) => (value === null ? junk(random) : Number(value)));
      const array = isSmall && random.chance(0.7) ? Int32Array.from(numbers) : Float64Array.from(numbers);
      return { kind: "numbers", type, rowCount, validity, values: array };
    }
  }
};

export const randomVector = (random: Random, type: ScalarType, values: readonly PlainValue[]): Vector =>
  random.chance(0.6) ? encoded(random, type, values) : fresh(random, type, values);

/** Lists of values of a type. */
export const randomLists = (random: Random, type: ScalarType, rowCount: number): PlainValue[] => {
  const nulls = random.pick([0, 0.2, 1]);
  const items = randomValues(random, type, rowCount * 4);
  return Array.from({ length: rowCount }, () =>
    random.chance(nulls) ? null : Array.from({ length: random.below(4) }, () => random.pick(items)),
  );
};

export const randomListVector = (random: Random, type: ScalarType, lists: readonly PlainValue[]): Vector => {
  const rowCount = lists.length;
  const items = lists.flatMap((list) => (list as readonly PlainValue[] | null) ?? []);
  const offsets = new Uint32Array(rowCount + 1);
  for (const [row, list] of lists.entries()) {
    offsets[row + 1] = offsets[row]! + ((list as readonly PlainValue[] | null)?.length ?? 0);
  }
  const validity = validityOf(lists);
  if (random.chance(0.4)) {
    return { kind: "lists", rowCount, validity, offsets, elements: randomVector(random, type, items) };
  }
  const { layout, dictionary } = encoded(random, type, items);
  const column = encodeLists(offsets, layout as ScalarLayout, rowCount, validity);
  return { kind: "column", rowCount, layout: column, dictionary, itemType: type };
};

const isValid = (validity: Uint8Array | undefined, row: number): boolean =>
  validity === undefined || isBitSet(validity, row);

const textAt = (offsets: Uint32Array, bytes: Uint8Array, index: number): string =>
  Buffer.from(bytes.subarray(offsets[index], offsets[index + 1])).toString();

/** The values of a vector, read plainly. */
export const valuesOf = (vector: Vector): PlainValue[] => {
  const rows = Array.from({ length: vector.rowCount }, (_, row) => row);
  if (vector.kind === "column") return rows.map((row) => layoutValue(vector, row));
  return rows.map((row) => {
    if (!isValid(vector.validity, row)) return null;
    switch (vector.kind) {
      case "numbers": {
        const value = vector.values[row]!;
        return vector.type.startsWith("float") ? value : BigInt(Object.is(value, -0) ? Number.NaN : value);
      }
      case "wide":
        return vector.values[row]!;
      case "booleans":
        return isBitSet(vector.bits, row);
      case "coded":
        return textAt(vector.dictionary.offsets, vector.dictionary.values, vector.codes[row]!);
      case "text":
        return textAt(vector.offsets, vector.bytes, row);
      case "lists":
        return valuesOf(vector.elements).slice(vector.offsets[row], vector.offsets[row + 1]);
      default:
        return vector satisfies never;
    }
  });
};

const layoutValue = ({ layout, dictionary }: ColumnVector, row: number): PlainValue => {
  if (layout.encoding === "null" || !isValid(layout.validity, row)) return null;
  switch (layout.type) {
    case "boolean":
      return layout.encoding === "constant" ? layout.value : isBitSet(layout.values, row);
    case "float32":
    case "float64":
      return layout.values[layout.encoding === "constant" ? 0 : row]!;
    case "utf8":
      if (layout.encoding === "constant") return Buffer.from(layout.values).toString();
      if (layout.encoding === "plain") return textAt(layout.offsets, layout.values, row);
      return textAt(
        dictionary!.offsets,
        dictionary!.values,
        layout.encoding === "constantCode" ? layout.code : layout.values[row]!,
      );
    case "list": {
      const items = valuesOf({ kind: "column", rowCount: layout.items.rowCount, layout: layout.items, dictionary });
      return items.slice(layout.offsets[row], layout.offsets[row + 1]);
    }
    default:
      return layout.encoding === "constant" ? layout.value : layout.offset + BigInt(layout.values[row]!);
  }
};
