/** What rows and cells are to the compiler: known where a schema was declared, honest where none was. */
import type { Cell } from "./cells.js";
import type { ColumnData } from "./column-data.js";

/** A value of a column, as a program sees it. */
export type CellOf<Row, Name> = unknown extends Row ? Cell : Name extends keyof Row ? Row[Name] : never;

/** A row where no schema was declared: cells by column name. */
export type RowSeen<Row> = unknown extends Row ? Readonly<Record<string, Cell>> : Row;

/** An array for each column. */
export type ColumnsOf<Row> = unknown extends Row
  ? Readonly<Record<string, ColumnData>>
  : { readonly [Name in keyof Row]: ColumnData };

/** A row that is given: a column that is left out is null. */
export type NewRow<Row> = { readonly [Name in keyof RowSeen<Row>]?: RowSeen<Row>[Name] };

/** Is shown every row, in order; the row is on loan during the call. */
export interface Rower<Row> {
  visit(row: RowSeen<Row>, index: number): void;
}

/** Fills rows until it is done: the original's way to make a frame. */
export interface Writer<Row> {
  /** Sets the cells of the next row; what is not set is null. */
  visit(row: { -readonly [Name in keyof RowSeen<Row>]: RowSeen<Row>[Name] }): void;
  /** Asked before each row. */
  done(): boolean;
}
