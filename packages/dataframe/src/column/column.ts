import { Eau2Error } from "@eau2/protocol";
import { type ColumnLayout, type ColumnType, type Dictionary, isIntegerLayout } from "@eau2/serialization";
import { bigintReader, bytesReader, type CellValue, nullReader, type ReadRow, valueReader } from "./column-readers.js";

/**
 * One named column of a chunk, row by row. It holds no values of its own: it looks at the layout's buffers, and is valid
 * as long as they are. Loops over many rows take `layout` instead.
 * @example new Column("id", chunk.columns[0], undefined).get(0)
 */
export class Column {
  readonly #isNull: ReadRow<boolean>;
  readonly #readValue: ReadRow<CellValue>;
  readonly #readBytes: ReadRow<Uint8Array> | undefined;
  readonly #readBigint: ReadRow<bigint> | undefined;

  /** @param dictionary - the frame's for this column; a column of codes must have it. */
  constructor(
    readonly name: string,
    readonly layout: ColumnLayout,
    readonly dictionary: Dictionary | undefined = undefined,
  ) {
    this.#isNull = nullReader(layout);
    this.#readValue = valueReader(layout, name, dictionary);
    this.#readBytes = layout.type === "utf8" ? bytesReader(layout, dictionary) : undefined;
    this.#readBigint = isIntegerLayout(layout) ? bigintReader(layout) : undefined;
  }

  get type(): ColumnType {
    return this.layout.type;
  }

  get rowCount(): number {
    return this.layout.rowCount;
  }

  /** Reads rows that are in the column and not null, as {@link get} does, without looking whether they are. */
  get valueReader(): ReadRow<CellValue> {
    return this.#readValue;
  }

  /** @throws {@link Eau2Error} `USAGE` for a row that is not in the column; so do all that take a row. */
  isNull(row: number): boolean {
    this.#assertRow(row);
    return this.#isNull(row);
  }

  /**
   * The value of a row; text is decoded, with U+FFFD for bytes that are no UTF-8.
   * @throws {@link Eau2Error} `INT64_UNSAFE` for an integer beyond 2^53, `TIMESTAMP_UNSAFE` for a time that no `Date` is:
   * `bigintAt` reads them.
   */
  get(row: number): CellValue | null {
    return this.isNull(row) ? null : this.#readValue(row);
  }

  /**
   * The bytes of a row of text, as a view of the chunk's or the dictionary's memory.
   * @throws {@link Eau2Error} `TYPE_MISMATCH` when the column is not utf8.
   */
  bytesAt(row: number): Uint8Array | null {
    if (this.#readBytes === undefined) throw this.#mismatch("bytes of text", "utf8");
    return this.isNull(row) ? null : this.#readBytes(row);
  }

  /** The exact integer of a row; of a date its days, of a timestamp its microseconds. @throws {@link Eau2Error} `TYPE_MISMATCH` when the column is not of integers. */
  bigintAt(row: number): bigint | null {
    if (this.#readBigint === undefined) throw this.#mismatch("a bigint", "an integer, date or timestamp");
    return this.isNull(row) ? null : this.#readBigint(row);
  }

  #mismatch(wanted: string, types: string): Eau2Error {
    return new Eau2Error(
      "TYPE_MISMATCH",
      `read ${wanted} from column "${this.name}": it is ${this.type}, not ${types}`,
      {
        column: this.name,
      },
    );
  }

  #assertRow(row: number): void {
    if (row >= 0 && row < this.rowCount && Number.isInteger(row)) return;
    throw new Eau2Error(
      "USAGE",
      `read row ${row} of column "${this.name}": it has ${this.rowCount} rows, counted from 0`,
      { column: this.name, rowCount: this.rowCount },
    );
  }
}
