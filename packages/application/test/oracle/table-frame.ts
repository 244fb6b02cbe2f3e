/**
 * Tables of the oracle as frames, and back. Frames are written from layouts, so that text may be any bytes and have a
 * dictionary or none, and values come back as they lie in the chunks.
 */

import {
  type ChunkView,
  type Column,
  DATA_TYPES,
  type DataFrame,
  type FrameStore,
  list,
  type ScalarDataType,
  schemaOf,
  type ValueType,
  writeFrame,
} from "@eau2/dataframe";
import { type Answer, type Exact, itemsOf, type Table } from "@eau2/oracle";
import type { KeyRecord } from "@eau2/protocol";
import {
  type ColumnLayout,
  type Dictionary,
  encodeBooleans,
  encodeCodes,
  encodeFloat32s,
  encodeFloat64s,
  encodeIntegers,
  encodeLists,
  encodeUtf8,
  type IntegerType,
  type ScalarLayout,
} from "@eau2/serialization";

type Values = readonly Exact[];

const bitmapOf = (bits: readonly boolean[]): Uint8Array => {
  const bitmap = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [row, isSet] of bits.entries()) if (isSet) bitmap[row >> 3]! |= 1 << (row & 7);
  return bitmap;
};

const validityOf = (values: Values): Uint8Array => bitmapOf(values.map((value) => value !== null));

const bytesOfText = (value: Exact): Uint8Array => Buffer.from((value ?? "") as string, "latin1");

const joined = (parts: readonly Uint8Array[]): { offsets: Uint32Array; bytes: Uint8Array } => {
  const offsets = new Uint32Array(parts.length + 1);
  for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index]! + part.length;
  return { offsets, bytes: new Uint8Array(Buffer.concat(parts)) };
};

/** The strings of a column, or of its lists, that has a dictionary. */
class Strings {
  readonly #codes = new Map<string, number>();

  codeOf(value: Exact): number {
    const text = (value ?? "") as string;
    if (value !== null && !this.#codes.has(text)) this.#codes.set(text, this.#codes.size);
    return this.#codes.get(text) ?? 0;
  }

  get dictionary(): Dictionary {
    const { offsets, bytes } = joined([...this.#codes.keys()].map(bytesOfText));
    return { count: this.#codes.size, offsets, values: bytes };
  }
}

const textLayout = (values: Values, strings: Strings | undefined): ScalarLayout => {
  if (strings === undefined) {
    const { offsets, bytes } = joined(values.map(bytesOfText));
    return encodeUtf8(offsets, bytes, values.length, validityOf(values));
  }
  const codes = Uint32Array.from(values, (value) => strings.codeOf(value));
  return encodeCodes(codes, strings.dictionary.count, values.length, validityOf(values));
};

const scalarLayout = (type: ValueType, values: Values, strings: Strings | undefined): ScalarLayout => {
  const count = values.length;
  switch (type) {
    case "utf8":
      return textLayout(values, strings);
    case "boolean":
      return encodeBooleans(bitmapOf(values.map((value) => value === true)), count, validityOf(values));
    case "float64":
      return encodeFloat64s(Float64Array.from(values, Number), count, validityOf(values));
    case "float32":
      return encodeFloat32s(Float32Array.from(values, Number), count, validityOf(values));
    default: {
      const integers = BigInt64Array.from(values, (value) => (value ?? 0n) as bigint);
      return encodeIntegers(type as IntegerType, integers, count, validityOf(values));
    }
  }
};

const layoutOf = (type: ValueType, values: Values, strings: Strings | undefined): ColumnLayout => {
  const items = itemsOf(type);
  if (items === undefined) return scalarLayout(type, values, strings);
  const lists = values.map((value) => (value ?? []) as Values);
  const offsets = new Uint32Array(values.length + 1);
  for (const [row, { length }] of lists.entries()) offsets[row + 1] = offsets[row]! + length;
  return encodeLists(offsets, scalarLayout(items, lists.flat(), strings), values.length, validityOf(values));
};

const dataTypeOf = (type: ValueType) => {
  const items = itemsOf(type);
  return items === undefined ? DATA_TYPES[type as keyof typeof DATA_TYPES] : list(DATA_TYPES[items] as ScalarDataType);
};

/** @param isCoded - whether text has dictionaries. */
export const storeTable = async (
  store: FrameStore,
  { columns, rows }: Table,
  { chunkRows, isCoded }: { readonly chunkRows: number; readonly isCoded: boolean },
): Promise<KeyRecord> => {
  const strings = columns.map(({ type }) => (isCoded && type.includes("utf8") ? new Strings() : undefined));
  // The dictionary must be whole before the first chunk is encoded: codes are as wide as it needs.
  for (const row of rows) {
    for (const [index, value] of row.entries())
      for (const text of [value].flat() as Exact[]) if (text !== null) strings[index]?.codeOf(text);
  }
  const chunks = Array.from({ length: Math.ceil(rows.length / chunkRows) }, (_, chunk) => {
    const some = rows.slice(chunk * chunkRows, (chunk + 1) * chunkRows);
    return {
      rowCount: some.length,
      columns: columns.map(({ type }, index) =>
        layoutOf(
          type,
          some.map((row) => row[index] as Exact),
          strings[index],
        ),
      ),
    };
  });
  const dictionaries = strings.map((column) => (column === undefined ? null : column.dictionary));
  const schema = schemaOf(columns.map(({ name, type }) => [name, dataTypeOf(type)]));
  return (await writeFrame(store, schema, { chunks, dictionaries })).key;
};

const readCell = (column: Column, row: number): Exact => {
  if (column.isNull(row)) return null;
  switch (column.type) {
    case "utf8":
      return Buffer.from(column.bytesAt(row)!).toString("latin1");
    case "boolean":
    case "float32":
    case "float64":
      return column.get(row) as boolean | number;
    default:
      return column.bigintAt(row);
  }
};

const readLists = (chunk: ChunkView, column: Column): Exact[] => {
  const { offsets, items } = chunk.lists(column.name);
  return Array.from({ length: chunk.rowCount }, (_, row) =>
    column.isNull(row)
      ? null
      : Array.from({ length: offsets[row + 1]! - offsets[row]! }, (_, item) => readCell(items, offsets[row]! + item)),
  );
};

const readColumn = (chunk: ChunkView, column: Column): Exact[] =>
  column.type === "list"
    ? readLists(chunk, column)
    : Array.from({ length: chunk.rowCount }, (_, row) => readCell(column, row));

/** All of a frame. */
export const readTable = async (frame: DataFrame): Promise<Answer> => {
  const columns = frame.schema.columns.map(({ name, type }) => ({
    name,
    type: type.items === undefined ? type.type : `list<${type.items.type}>`,
  }));
  const chunks = await frame.mapChunks((chunk) => {
    const values = chunk.columns.map((column) => readColumn(chunk, column));
    return Array.from({ length: chunk.rowCount }, (_, row) => values.map((column) => column[row]!));
  });
  return { columns, rows: chunks.flat() };
};
