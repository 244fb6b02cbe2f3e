/**
 * Collects rows into the chunks of a new frame. The rows come from this process's memory, and what is made of them stays
 * there until the frame is stored; files are loaded by tasks instead, where they lie.
 */
import { Eau2Error } from "@eau2/protocol";
import type { ColumnLayout, Dictionary, ScalarType } from "@eau2/serialization";
import { CHUNK_ROWS, CHUNK_ROWS_MAX } from "../frame/chunk-rows.js";
import { type DataType, typeName } from "../schema/data-types.js";
import type { Schema, SchemaColumn } from "../schema/schema.js";
import type { Cell } from "./cells.js";
import { type BuiltColumn, type ColumnSink, columnSink } from "./column-sink.js";

/** Characters of a wrong value that a message shows. */
const SHOWN_LENGTH_MAX = 40;

export interface BuiltChunk {
  readonly rowCount: number;
  readonly columns: readonly ColumnLayout[];
}

export interface BuiltFrame {
  readonly chunks: readonly BuiltChunk[];
  /** One a column; null where it has none. */
  readonly dictionaries: readonly (Dictionary | null)[];
}

const shown = (value: unknown): string => {
  if (typeof value === "string") return `${JSON.stringify(value.slice(0, SHOWN_LENGTH_MAX))} (string)`;
  const text = String(value).slice(0, SHOWN_LENGTH_MAX);
  return Array.isArray(value) ? `[${text}] (array)` : `${text} (${typeof value})`;
};

const mismatch = (value: unknown, { name, type }: SchemaColumn, row: number): Eau2Error =>
  new Eau2Error(
    "TYPE_MISMATCH",
    `row ${row}: column "${name}" is ${typeName(type)} and was given ${shown(value)}; give ${wanted(type)} or null`,
    { column: name, row },
  );

/** What a column of a type is given, for messages. */
const WANTED: Readonly<Record<ScalarType, string>> = {
  boolean: "true, false",
  int8: "an integer",
  int16: "an integer",
  int32: "an integer",
  int64: "an integer",
  float32: "a number",
  float64: "a number",
  utf8: "a string",
  date: "a Date at midnight, UTC, days since 1970",
  timestamp: "a Date, microseconds since 1970",
};

const wanted = ({ type, items }: DataType): string =>
  items === undefined ? WANTED[type as ScalarType] : `an array of which each item is ${WANTED[items.type]} or null,`;

/** Whether a value may be given for a type; builders see whether it fits. */
const takes = ({ type, items }: DataType, value: unknown): boolean => {
  switch (type) {
    case "list":
      return Array.isArray(value) && value.every((item) => item === null || item === undefined || takes(items!, item));
    case "utf8":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "int64":
      return typeof value === "number" || typeof value === "bigint";
    case "date":
    case "timestamp":
      return value instanceof Date || typeof value === "number" || typeof value === "bigint";
    default:
      return typeof value === "number";
  }
};

/** Takes the cells of one column, row by row. */
class CellSink {
  readonly #sink: ColumnSink<unknown>;

  constructor(readonly column: SchemaColumn) {
    this.#sink = columnSink(column.type);
  }

  /** @throws {@link Eau2Error} `TYPE_MISMATCH`, `INT64_UNSAFE` */
  append(value: Cell | undefined, row: number): void {
    if (value === null || value === undefined) {
      this.#sink.appendNull();
      return;
    }
    if (!takes(this.column.type, value)) throw mismatch(value, this.column, row);
    try {
      this.#sink.append(value);
    } catch (error) {
      if (error instanceof Eau2Error && error.code === "TYPE_MISMATCH") throw mismatch(value, this.column, row);
      throw error;
    }
  }

  endChunk(): void {
    this.#sink.endChunk();
  }

  finish(): BuiltColumn {
    return this.#sink.finish();
  }
}

/** @throws {@link Eau2Error} `USAGE` */
export const checkChunkRows = (chunkRows: number): number => {
  if (Number.isInteger(chunkRows) && chunkRows >= 1 && chunkRows <= CHUNK_ROWS_MAX) return chunkRows;
  throw new Eau2Error("USAGE", `a chunk has 1 to ${CHUNK_ROWS_MAX} rows, not ${chunkRows}`, { chunkRows });
};

export class FrameBuilder {
  readonly #sinks: readonly CellSink[];
  readonly #chunkRows: number;
  readonly #rowCounts: number[] = [];
  #rowsInChunk = 0;
  #rowCount = 0;

  /** @param chunkRows - rows of every chunk but the last. @defaultValue 262,144 */
  constructor(
    readonly schema: Schema,
    { chunkRows = CHUNK_ROWS }: { readonly chunkRows?: number | undefined } = {},
  ) {
    this.#chunkRows = checkChunkRows(chunkRows);
    this.#sinks = schema.columns.map((column) => new CellSink(column));
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /**
   * Adds a row: `cellAt(i)` is asked for each column in turn; undefined is null.
   * @throws {@link Eau2Error} `TYPE_MISMATCH`, `INT64_UNSAFE`; the builder is of no use then.
   */
  addRow(cellAt: (column: number) => Cell | undefined): void {
    for (let index = 0; index < this.#sinks.length; index++) this.#sinks[index]!.append(cellAt(index), this.#rowCount);
    this.#rowCount++;
    if (++this.#rowsInChunk === this.#chunkRows) this.#endChunk();
  }

  /** The builder is not used afterwards. */
  finish(): BuiltFrame {
    if (this.#rowsInChunk > 0) this.#endChunk();
    const columns = this.#sinks.map((sink) => sink.finish());
    return {
      chunks: this.#rowCounts.map((rowCount, chunk) => ({
        rowCount,
        columns: columns.map(({ layouts }) => layouts[chunk]!),
      })),
      dictionaries: columns.map(({ dictionary }) => dictionary),
    };
  }

  #endChunk(): void {
    for (const sink of this.#sinks) sink.endChunk();
    this.#rowCounts.push(this.#rowsInChunk);
    this.#rowsInChunk = 0;
  }
}
