/** A chunk as visitors see it: its columns as typed arrays, in place where the encoding allows. */
import { Eau2Error } from "@eau2/protocol";
import { type Dictionary, isBitSet, isIntegerLayout } from "@eau2/serialization";
import { Column } from "../column/column.js";
import { columnBuilder } from "../column/column-builder.js";
import { numberReader } from "../column/column-readers.js";
import { columnUnknown, type SchemaColumn } from "../schema/schema.js";
import { RowCursor } from "./row-loan.js";
import type { RowSeen } from "./row-types.js";

/** The names of a frame's columns; any string where no schema was declared. */
export type NameOf<Row> = unknown extends Row ? string : keyof Row & string;

/** The strings of a chunk: those of row `r` are in `dictionary` at `codes[r]`. */
export interface CodedText {
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  readonly dictionary: Dictionary;
}

/** The lists of a chunk: that of row `r` is `items` from `offsets[r]` up to `offsets[r + 1]`; nulls have no items. */
export interface Lists {
  readonly offsets: Uint32Array;
  /** As a column of their own: `items.get(index)`, or `items.layout` for loops. */
  readonly items: Column;
}

export class ChunkView<Row = unknown> {
  constructor(
    /** Row of the frame that this chunk begins with. */
    readonly firstRow: number,
    readonly rowCount: number,
    readonly columns: readonly Column[],
    /** What the cells of rows are; columns of int64 may be bigints. */
    private readonly schemaColumns: readonly SchemaColumn[],
  ) {}

  /**
   * Shows every row to a visitor, in order.
   * @param visit - the row is on loan during the call; `index` counts from the frame's first row.
   */
  visitRows(visit: (row: RowSeen<Row>, index: number) => void): void {
    const cursor = new RowCursor<RowSeen<Row>>(this.schemaColumns);
    cursor.open(this.columns);
    try {
      cursor.visit(this.rowCount, this.firstRow, visit);
    } finally {
      cursor.close();
    }
  }

  /** @throws {@link Eau2Error} `COLUMN_UNKNOWN`; so do all that take a name. */
  column(name: NameOf<Row>): Column {
    const column = this.columns.find((candidate) => candidate.name === name);
    if (column !== undefined) return column;
    throw columnUnknown(
      name,
      this.columns.map((candidate) => candidate.name),
    );
  }

  /** Whether a column has no nulls in this chunk: then its array needs no look at {@link isNull}. */
  isWhole(name: NameOf<Row>): boolean {
    return this.column(name).layout.nullCount === 0;
  }

  /** Bit `r` is set where row `r` has a value; undefined when all have one, or none has (see {@link isWhole}). */
  validity(name: NameOf<Row>): Uint8Array | undefined {
    return this.column(name).layout.validity;
  }

  /**
   * The numbers of a numeric column; days of dates, microseconds of timestamps. float64 is a view of the stored values;
   * other encodings are unpacked into a new array. Nulls are 0 here.
   * @throws {@link Eau2Error} `TYPE_MISMATCH` for text, booleans and lists; `INT64_UNSAFE` beyond 2^53.
   */
  numbers(name: NameOf<Row>): Float64Array {
    const { layout, type } = this.column(name);
    if (layout.type === "utf8" || layout.type === "boolean" || layout.type === "list") {
      throw new Eau2Error("TYPE_MISMATCH", `read numbers of column "${name}": it is ${type}`, { column: name });
    }
    if (layout.encoding === "float64") return layout.values;
    const numbers = new Float64Array(this.rowCount);
    if (layout.encoding === "null") return numbers;
    const { validity } = layout;
    const read = numberReader(layout, (row) => `row ${row} of column "${name}"`);
    for (let row = 0; row < numbers.length; row++) {
      if (validity === undefined || isBitSet(validity, row)) numbers[row] = read(row);
    }
    return numbers;
  }

  /**
   * The values of an integer column, or the days of dates, as int32: a view where they are stored so, else unpacked into a new array. Nulls are
   * 0 here.
   * @throws {@link Eau2Error} `TYPE_MISMATCH` for other columns, and for values beyond 32 bits.
   */
  integers(name: NameOf<Row>): Int32Array {
    const { layout, type } = this.column(name);
    if (!isIntegerLayout(layout)) {
      throw new Eau2Error("TYPE_MISMATCH", `read integers of column "${name}": it is ${type}`, { column: name });
    }
    if (layout.encoding === "int32" && layout.offset === 0n) return layout.values;
    const integers = new Int32Array(this.rowCount);
    if (layout.encoding === "null") return integers;
    const { min, max } = layout.statistics;
    if (min === undefined || max === undefined || min < -(2n ** 31n) || max >= 2n ** 31n) {
      throw new Eau2Error(
        "TYPE_MISMATCH",
        `read int32 values of column "${name}": it has some from ${min} to ${max}; read numbers, or bigints by rows`,
        { column: name },
      );
    }
    const { validity } = layout;
    const read = numberReader(layout, (row) => `row ${row} of column "${name}"`);
    for (let row = 0; row < integers.length; row++) {
      if (validity === undefined || isBitSet(validity, row)) integers[row] = read(row);
    }
    return integers;
  }

  /**
   * The lists of a column, in place.
   * @throws {@link Eau2Error} `TYPE_MISMATCH` for other columns.
   */
  lists(name: NameOf<Row>): Lists {
    const column = this.column(name);
    const { layout, dictionary } = column;
    const items = this.schemaColumns.find((candidate) => candidate.name === name)?.type.items;
    if (layout.type !== "list" || items === undefined) {
      throw new Eau2Error("TYPE_MISMATCH", `read lists of column "${name}": it is ${column.type}`, { column: name });
    }
    if (layout.encoding === "list") {
      return { offsets: layout.offsets, items: new Column(name, layout.items, dictionary) };
    }
    const noItems = columnBuilder(items.type).finish();
    return { offsets: new Uint32Array(this.rowCount + 1), items: new Column(name, noItems) };
  }

  /** The codes of a text column that has a dictionary, in place; undefined for one that has none, or only one value. */
  coded(name: NameOf<Row>): CodedText | undefined {
    const { layout, dictionary } = this.column(name);
    if (layout.type !== "utf8" || dictionary === undefined) return undefined;
    switch (layout.encoding) {
      case "codes8":
      case "codes16":
      case "codes32":
        return { codes: layout.values, dictionary };
      default:
        return undefined;
    }
  }
}
