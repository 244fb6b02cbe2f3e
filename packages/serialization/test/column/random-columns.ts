/** Columns as lists of cells, which the tests hold against layouts, and how to make both at random. */
import fc from "fast-check";
import { bitmapByteLength, isBitSet, setBit } from "../../src/column/bitmap.js";
import {
  type ColumnLayout,
  type ColumnType,
  type FloatType,
  type IntegerType,
  SCALAR_TYPES,
  type ScalarLayout,
  type ScalarType,
} from "../../src/column/column-types.js";
import {
  encodeBooleans,
  encodeCodes,
  encodeFloat32s,
  encodeFloat64s,
  encodeIntegers,
  encodeLists,
  encodeUtf8,
} from "../../src/column/encode-column.js";

/** Cells of floats are bit patterns, so that -0 and every NaN can be told apart. */
type ScalarCell = boolean | bigint | Uint8Array | null;
export type Cell = ScalarCell | readonly ScalarCell[];

export interface Model {
  readonly type: ColumnType;
  readonly cells: readonly Cell[];
  /** Lists: the type of their items. */
  readonly items?: ScalarType;
  /** Coded text, or lists of it: the strings that its codes mean. */
  readonly dictionary?: readonly Uint8Array[];
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export const bitsOfFloat = (value: number): bigint => new BigUint64Array(new Float64Array([value]).buffer)[0]!;
const bitsOfFloat32 = (value: number): bigint => BigInt(new Uint32Array(new Float32Array([value]).buffer)[0]!);
export const floatOfBits = (bits: bigint, type: FloatType = "float64"): number =>
  type === "float64"
    ? new Float64Array(new BigUint64Array([bits]).buffer)[0]!
    : new Float32Array(new Uint32Array([Number(bits)]).buffer)[0]!;
export const isFloat = (type: ColumnType): type is FloatType => type === "float32" || type === "float64";

const bitmapOf = (cells: readonly Cell[]): Uint8Array | undefined => {
  if (!cells.includes(null)) return undefined;
  const bitmap = new Uint8Array(bitmapByteLength(cells.length));
  for (const [row, cell] of cells.entries()) if (cell !== null) setBit(bitmap, row);
  return bitmap;
};

const offsetsOf = (strings: readonly { readonly length: number }[]): Uint32Array => {
  const offsets = new Uint32Array(strings.length + 1);
  for (const [index, string] of strings.entries()) offsets[index + 1] = offsets[index]! + string.length;
  return offsets;
};

export const dictionaryOf = (strings: readonly Uint8Array[]) => ({
  count: strings.length,
  offsets: offsetsOf(strings),
  values: new Uint8Array(Buffer.concat(strings)),
});

/** The same model without the strings of a dictionary that it does not have. */
const withDictionary = (model: Model, dictionary: readonly Uint8Array[] | undefined): Model =>
  dictionary === undefined ? model : { ...model, dictionary };

export const layoutOf = ({ type, cells, items, dictionary }: Model): ColumnLayout => {
  const bitmap = bitmapOf(cells);
  const rowCount = cells.length;
  switch (type) {
    case "list": {
      const lists = cells.map((cell) => (cell ?? []) as readonly ScalarCell[]);
      const model = withDictionary({ type: items!, cells: lists.flat() }, dictionary);
      return encodeLists(offsetsOf(lists), layoutOf(model) as ScalarLayout, rowCount, bitmap);
    }
    case "boolean": {
      const bits = new Uint8Array(bitmapByteLength(rowCount));
      for (const [row, cell] of cells.entries()) if (cell === true) setBit(bits, row);
      return encodeBooleans(bits, rowCount, bitmap);
    }
    case "float32": {
      const values = new Uint32Array(cells.map((cell) => Number(cell ?? 0n)));
      return encodeFloat32s(new Float32Array(values.buffer), rowCount, bitmap);
    }
    case "float64": {
      const values = new BigUint64Array(cells.map((cell) => (cell ?? 0n) as bigint));
      return encodeFloat64s(new Float64Array(values.buffer), rowCount, bitmap);
    }
    case "utf8": {
      if (dictionary !== undefined) {
        const codes = cells.map((cell) => (cell === null ? 0 : dictionary.indexOf(cell as Uint8Array)));
        return encodeCodes(new Uint32Array(codes), dictionary.length, rowCount, bitmap);
      }
      const strings = cells.map((cell) => (cell ?? new Uint8Array()) as Uint8Array);
      return encodeUtf8(offsetsOf(strings), new Uint8Array(Buffer.concat(strings)), rowCount, bitmap);
    }
    case "int64":
    case "timestamp":
      return encodeIntegers(type, new BigInt64Array(cells.map((cell) => (cell ?? 0n) as bigint)), rowCount, bitmap);
    default:
      return encodeIntegers(type, new Int32Array(cells.map((cell) => Number(cell ?? 0n))), rowCount, bitmap);
  }
};

const bitsAt = ({ buffer, byteOffset, length, BYTES_PER_ELEMENT }: Float32Array | Float64Array, row: number): bigint =>
  BYTES_PER_ELEMENT === 8
    ? new BigUint64Array(buffer, byteOffset, length)[row]!
    : BigInt(new Uint32Array(buffer, byteOffset, length)[row]!);

/** The obvious way to read one row. */
const cellAt = (column: ScalarLayout, row: number, dictionary?: readonly Uint8Array[]): ScalarCell => {
  if (column.encoding === "null") return null;
  if (column.validity !== undefined && !isBitSet(column.validity, row)) return null;
  switch (column.encoding) {
    case "bits":
      return isBitSet(column.values, row);
    case "constantCode":
      return dictionary![column.code]!;
    case "codes8":
    case "codes16":
    case "codes32":
      return dictionary![column.values[row]!]!;
    case "plain":
      return column.values.slice(column.offsets[row], column.offsets[row + 1]);
    case "float32":
    case "float64":
      return bitsAt(column.values, row);
    case "constant":
      if (column.type === "float32" || column.type === "float64") return bitsAt(column.values, 0);
      return column.type === "utf8" ? column.values.slice() : column.value;
    default:
      return column.offset + BigInt(column.values[row]!);
  }
};

const scalarCellsOf = (column: ScalarLayout, dictionary?: readonly Uint8Array[]): ScalarCell[] =>
  Array.from({ length: column.rowCount }, (_, row) => cellAt(column, row, dictionary));

export const cellsOf = (column: ColumnLayout, dictionary?: readonly Uint8Array[]): Cell[] => {
  if (column.type !== "list") return scalarCellsOf(column, dictionary);
  if (column.encoding === "null") return Array<null>(column.rowCount).fill(null);
  const { offsets, validity, rowCount } = column;
  const items = scalarCellsOf(column.items, dictionary);
  return Array.from({ length: rowCount }, (_, row) =>
    validity === undefined || isBitSet(validity, row) ? items.slice(offsets[row], offsets[row + 1]) : null,
  );
};

const INT_BITS: Record<IntegerType, number> = {
  int8: 8,
  int16: 16,
  int32: 32,
  int64: 64,
  date: 32,
  timestamp: 64,
};

const integers = (type: IntegerType): fc.Arbitrary<bigint> => {
  const limit = 2n ** BigInt(INT_BITS[type] - 1);
  const inside = (value: bigint): bigint => BigInt.asIntN(INT_BITS[type], value);
  return fc.oneof(
    fc.constantFrom(-limit, limit - 1n, 0n, 1n, -1n, inside(2n ** 53n + 1n), inside(-(2n ** 53n) - 1n)),
    fc.bigInt({ min: -limit, max: limit - 1n }),
    fc.bigInt({ min: limit - 100n, max: limit - 1n }),
  );
};

const floats: fc.Arbitrary<bigint> = fc.oneof(
  fc
    .constantFrom(0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53 + 2, 5e-324)
    .map(bitsOfFloat),
  fc.constantFrom(0x7ff8_0000_0000_0001n, 0xfff8_0000_0000_0000n, 0x7ff0_0000_0000_0001n),
  fc.double().map(bitsOfFloat),
);

const narrowFloats: fc.Arbitrary<bigint> = fc.oneof(
  fc
    .constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 24 + 2, 2 ** -149)
    .map(bitsOfFloat32),
  fc.constantFrom(0x7fc0_0001n, 0xffc0_0000n, 0x7f80_0001n),
  fc.float().map(bitsOfFloat32),
);

export const strings: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.constantFrom("", "a", "\0", '"', "\n", "\r\n", "constructor", "__proto__", "straße", "\ufeffbom", "🦊").map(text),
  fc
    .constantFrom([0xff], [0xc3], [0xed, 0xa0, 0x80], Array<number>(40).fill(0xff))
    .map((bytes) => new Uint8Array(bytes)),
  fc.string({ maxLength: 60 }).map(text),
  fc.uint8Array({ maxLength: 60 }),
);

const cells = (type: ScalarType): fc.Arbitrary<ScalarCell> => {
  if (type === "boolean") return fc.boolean();
  if (type === "float32") return narrowFloats;
  if (type === "float64") return floats;
  return type === "utf8" ? strings : integers(type);
};

/** Cells of `rowCount` rows: any, few different ones, one only, sorted, with many, few or no nulls. */
export const models = (type: ColumnType, rowCount: number): fc.Arbitrary<Model> =>
  type === "list" ? listModels(rowCount) : scalarModels(type, rowCount);

/** Lists of up to three items of some type; -1 is null. */
const listModels = (rowCount: number): fc.Arbitrary<Model> =>
  fc
    .record({
      items: fc.constantFrom(...SCALAR_TYPES),
      lengths: fc
        .constantFrom<number[]>([-1, 0, 1, 2, 3], [0, 1, 3], [0], [-1], [-1, 2])
        .chain((some) => fc.array(fc.constantFrom(...some), { minLength: rowCount, maxLength: rowCount })),
    })
    .chain(({ items, lengths }) => {
      const endOf = (row: number): number =>
        lengths.slice(0, row + 1).reduce((sum, length) => sum + Math.max(0, length), 0);
      return scalarModels(items, endOf(rowCount)).map(({ cells: flat, dictionary }) => {
        const lists = lengths.map((length, row) =>
          length < 0 ? null : (flat.slice(endOf(row) - length, endOf(row)) as ScalarCell[]),
        );
        return withDictionary({ type: "list", items, cells: lists }, dictionary);
      });
    });

const scalarModels = (type: ScalarType, rowCount: number): fc.Arbitrary<Model> =>
  fc
    .record({
      pool: fc.array(cells(type), { minLength: 1, maxLength: 6 }),
      any: fc.array(cells(type), { minLength: rowCount, maxLength: rowCount }),
      picks: fc.array(fc.nat(5), { minLength: rowCount, maxLength: rowCount }),
      nulls: fc.array(fc.nat(9), { minLength: rowCount, maxLength: rowCount }),
      nullsBelow: fc.constantFrom(0, 0, 1, 5, 10),
      shape: fc.constantFrom("any", "few", "one", "near"),
      coded: fc.boolean(),
    })
    .map(({ pool, any, picks, nulls, nullsBelow, shape, coded }) => {
      const valueAt = (row: number): ScalarCell => {
        if (shape === "any") return any[row]!;
        if (shape === "one") return pool[0]!;
        if (shape === "near" && typeof pool[0] === "bigint" && !isFloat(type)) {
          return pool[0] + BigInt(picks[row]! * 21) * (pool[0] > 0n ? -1n : 1n);
        }
        return pool[picks[row]! % pool.length]!;
      };
      const made = Array.from({ length: rowCount }, (_, row) => (nulls[row]! < nullsBelow ? null : valueAt(row)));
      if (type !== "utf8" || !coded) return { type, cells: made };
      const distinct = new Map<string, Uint8Array>();
      const keyOf = (cell: Cell): string => Buffer.from(cell as Uint8Array).toString("hex");
      for (const cell of made)
        if (cell !== null && !distinct.has(keyOf(cell))) distinct.set(keyOf(cell), cell as Uint8Array);
      const canonical = made.map((cell) => (cell === null ? null : distinct.get(keyOf(cell))!));
      return { type, cells: canonical, dictionary: [...distinct.values()] };
    });

/** A chunk of 0 to 8 columns of any types. */
export const chunkModels = (types: readonly ColumnType[], rowCountMax = 40): fc.Arbitrary<readonly Model[]> =>
  fc
    .tuple(
      fc.oneof(fc.constantFrom(0, 1, 8), fc.nat(rowCountMax)),
      fc.array(fc.constantFrom(...types), { maxLength: 8 }),
    )
    .chain(([rowCount, chosen]) => fc.tuple(...chosen.map((type) => models(type, rowCount))));
