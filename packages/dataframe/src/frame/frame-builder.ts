/**
 * Collects rows into the chunks of a new frame. The rows come from this process's memory, and what is made of them stays
 * there until the frame is stored; files are loaded by tasks instead, where they lie.
 */
import { Eau2Error } from "@eau2/protocol";
import type { ColumnLayout, ColumnType, Dictionary } from "@eau2/serialization";
import { type ColumnBuilder, columnBuilder } from "../column/column-builder.js";
import { CHUNK_ROWS, CHUNK_ROWS_MAX } from "../frame/chunk-rows.js";
import type { Schema, SchemaColumn } from "../schema/schema.js";
import type { Cell } from "./cells.js";
import { TextColumnBuilder } from "./text-column-builder.js";

export interface BuiltChunk {
  readonly rowCount: number;
  readonly columns: readonly ColumnLayout[];
}

export interface BuiltFrame {
  readonly chunks: readonly BuiltChunk[];
  /** One a column; null where it has none. */
  readonly dictionaries: readonly (Dictionary | null)[];
}

const mismatch = (value: unknown, { name, type }: SchemaColumn, row: number): Eau2Error => {
  const shown = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
  return new Eau2Error(
    "TYPE_MISMATCH",
    `row ${row}: column "${name}" is ${type.type} and was given ${shown} (${typeof value}); give ${WANTED[type.type]} or null`,
    { column: name, row },
  );
};

/** What a column of a type is given, for messages; what builders convert is theirs to judge. */
const WANTED: Readonly<Record<ColumnType, string>> = {
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

const takes = (type: ColumnType, value: NonNullable<Cell>): boolean => {
  switch (type) {
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
  readonly #text: TextColumnBuilder | undefined;
  readonly #done: ColumnLayout[] = [];
  #builder: ColumnBuilder<unknown> | undefined;

  constructor(readonly column: SchemaColumn) {
    this.#text = column.type.type === "utf8" ? new TextColumnBuilder() : undefined;
  }

  /** @throws {@link Eau2Error} `TYPE_MISMATCH`, `INT64_UNSAFE` */
  append(value: Cell | undefined, row: number): void {
    if (value === null || value === undefined) {
      if (this.#text !== undefined) this.#text.append(null);
      else this.#open().appendNull();
      return;
    }
    if (!takes(this.column.type.type, value)) throw mismatch(value, this.column, row);
    if (this.#text !== undefined) {
      this.#text.append(value as string);
      return;
    }
    try {
      this.#open().append(value);
    } catch (error) {
      if (error instanceof Eau2Error && error.code === "TYPE_MISMATCH") throw mismatch(value, this.column, row);
      throw error;
    }
  }

  endChunk(): void {
    this.#text?.endChunk();
    if (this.#builder === undefined) return;
    this.#done.push(this.#builder.finish());
    this.#builder = undefined;
  }

  finish(): { readonly layouts: readonly ColumnLayout[]; readonly dictionary: Dictionary | null } {
    return this.#text?.finish() ?? { layouts: this.#done, dictionary: null };
  }

  #open(): ColumnBuilder<unknown> {
    this.#builder ??= columnBuilder(this.column.type.type) as ColumnBuilder<unknown>;
    return this.#builder;
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
