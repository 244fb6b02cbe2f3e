/** Arrays to the chunks of a frame: typed arrays are cut and measured, not walked row by row. */
import { Eau2Error } from "@eau2/protocol";
import {
  type ColumnLayout,
  type ColumnType,
  type Dictionary,
  encodeFloat32s,
  encodeIntegers,
  type IntegerType,
  type ScalarType,
} from "@eau2/serialization";
import { float64Column } from "../column/column-from-arrays.js";
import { DATA_TYPES, type DataType, list, type ScalarDataType } from "../schema/data-types.js";
import { type Schema, schemaOf } from "../schema/schema.js";
import type { Cell } from "./cells.js";
import { CHUNK_ROWS } from "./chunk-rows.js";
import { type BuiltFrame, checkChunkRows, FrameBuilder } from "./frame-builder.js";

type TypedColumn = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | BigInt64Array;

/** The values of a column: typed arrays, or arrays with nulls. */
export type ColumnData = TypedColumn | readonly Cell[];

const typeOfArray = (values: TypedColumn): ScalarType => {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof Int8Array) return "int8";
  if (values instanceof Int16Array) return "int16";
  return values instanceof Int32Array ? "int32" : "int64";
};

const isTyped = (values: ColumnData): values is TypedColumn => ArrayBuffer.isView(values);

/** By the first value: numbers are float64, whole ones too, and dates timestamps, so that the type does not hang on the data. */
const typeOf = (values: ColumnData): DataType =>
  isTyped(values) ? DATA_TYPES[typeOfArray(values)] : typeOfCells(values);

const typeOfCells = (cells: readonly Cell[]): DataType => {
  const first = cells.find((cell) => cell !== null);
  if (!Array.isArray(first)) return DATA_TYPES[typeOfValue(first)];
  const item = cells.flatMap((list) => (Array.isArray(list) ? list : [])).find((cell) => cell !== null);
  return list(DATA_TYPES[typeOfValue(item)] as ScalarDataType);
};

const typeOfValue = (value: unknown): ScalarType => {
  switch (typeof value) {
    case "string":
      return "utf8";
    case "boolean":
      return "boolean";
    case "bigint":
      return "int64";
    case "object":
      return "timestamp";
    default:
      return "float64";
  }
};

/** Whether a column's type is stored as the array has it; days and microseconds may come as integers. */
const isStoredAs = (type: ColumnType, values: TypedColumn): boolean => {
  const arrayType = typeOfArray(values);
  return (
    type === arrayType || (type === "date" && arrayType === "int32") || (type === "timestamp" && arrayType === "int64")
  );
};

/** Copied: a layout may keep its array, and the caller may go on writing to theirs. */
const typedLayout = (type: ColumnType, values: TypedColumn, start: number, end: number): ColumnLayout => {
  if (values instanceof Float32Array) return encodeFloat32s(values.slice(start, end), end - start);
  if (values instanceof Float64Array) return float64Column(values.slice(start, end), end - start);
  if (values instanceof BigInt64Array)
    return encodeIntegers(type as IntegerType, values.slice(start, end), end - start);
  return encodeIntegers(type as IntegerType, Int32Array.from(values.subarray(start, end)), end - start);
};

/**
 * @param options - `schema`: names and types that the columns must have.
 * @throws {@link Eau2Error} `USAGE` for arrays of different lengths, or others than the schema's; `TYPE_MISMATCH`
 */
export const columnsFrame = (
  columns: Readonly<Record<string, ColumnData>>,
  options: { readonly schema?: Schema | undefined; readonly chunkRows?: number | undefined },
): { readonly schema: Schema; readonly built: BuiltFrame } => {
  const entries = Object.entries(columns);
  const schema = options.schema ?? schemaOf(entries.map(([name, values]) => [name, typeOf(values)]));
  const arrays = schema.names.map((name) => {
    if (Object.hasOwn(columns, name)) return columns[name]!;
    throw new Eau2Error("USAGE", `make a frame of columns: "${name}" of the schema is not among the arrays`);
  });
  if (entries.length !== arrays.length) {
    const extra = entries.find(([name]) => !schema.names.includes(name))?.[0];
    throw new Eau2Error("USAGE", `make a frame of columns: "${extra}" is not a column of the schema`);
  }
  const rowCount = arrays[0]?.length ?? 0;
  const other = arrays.findIndex(({ length }) => length !== rowCount);
  if (other >= 0) {
    const [first, second] = [schema.names[0], schema.names[other]];
    throw new Eau2Error(
      "USAGE",
      `make a frame of columns: "${first}" has ${rowCount} values and "${second}" ${arrays[other]!.length}; give each as many`,
    );
  }
  const isDirect = arrays.every(
    (values, index) => isTyped(values) && isStoredAs(schema.columns[index]!.type.type, values),
  );
  if (!isDirect) return { schema, built: builtByRows(schema, arrays, rowCount, options.chunkRows) };
  const chunkRows = checkChunkRows(options.chunkRows ?? CHUNK_ROWS);
  const chunks = Array.from({ length: Math.ceil(rowCount / chunkRows) }, (_, chunk) => {
    const start = chunk * chunkRows;
    const end = Math.min(rowCount, start + chunkRows);
    return {
      rowCount: end - start,
      columns: arrays.map((values, column) =>
        typedLayout(schema.columns[column]!.type.type, values as TypedColumn, start, end),
      ),
    };
  });
  return { schema, built: { chunks, dictionaries: arrays.map((): Dictionary | null => null) } };
};

const builtByRows = (
  schema: Schema,
  arrays: readonly ColumnData[],
  rowCount: number,
  chunkRows: number | undefined,
): BuiltFrame => {
  const builder = new FrameBuilder(schema, { chunkRows });
  let row = 0;
  const cellAt = (column: number): Cell => arrays[column]![row]!;
  for (; row < rowCount; row++) builder.addRow(cellAt);
  return builder.finish();
};
