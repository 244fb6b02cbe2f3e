/**
 * The row that visitors see: one object for all rows, a property for each column. So a visit allocates nothing per row, and
 * a row is on loan: it shows the row that is visited at the moment, and nothing once the visit is over.
 */
import { Eau2Error } from "@eau2/protocol";
import type { Column } from "../column/column.js";
import type { SchemaColumn } from "../schema/schema.js";
import {
  type Cell,
  type Cells,
  cellKind,
  cellsOf,
  type FloatCells,
  type IntegerCells,
  type OtherCells,
} from "./cells.js";
import { visitLoop } from "./visit-loop.js";

const returned = (name: string): never => {
  throw new Eau2Error(
    "USAGE",
    `read "${name}" of a row that was kept: rows are on loan during the visit; copy what you need, or all of it with copyRow(row)`,
  );
};

/** The state of a row: under symbols, because every name may be a column's. Plain fields, because loops over rows set them. */
const ROW = Symbol("row");
const CELLS = Symbol("cells");

interface RowLoan {
  /** Row of the chunk; -1 when the visit is over. */
  [ROW]: number;
  [CELLS]: readonly Cells[];
}

/** Text of its own for each kind, so that the compiler sees one class of cells in each. */
const getter = (column: SchemaColumn, index: number): ((this: RowLoan) => Cell) => {
  const { name } = column;
  switch (cellKind(column)) {
    case "float":
      return function (this: RowLoan) {
        return this[ROW] < 0 ? returned(name) : (this[CELLS][index] as FloatCells).get(this[ROW]);
      };
    case "integer":
      return function (this: RowLoan) {
        return this[ROW] < 0 ? returned(name) : (this[CELLS][index] as IntegerCells).get(this[ROW]);
      };
    default:
      return function (this: RowLoan) {
        return this[ROW] < 0 ? returned(name) : (this[CELLS][index] as OtherCells).get(this[ROW]);
      };
  }
};

/** A class of rows with a property for each column. */
const withColumns = (columns: readonly SchemaColumn[]): (new () => RowLoan) => {
  class Row implements RowLoan {
    [ROW] = -1;
    [CELLS]: readonly Cells[] = [];
  }
  columns.forEach((column, index) => {
    Object.defineProperty(Row.prototype, column.name, { enumerable: true, get: getter(column, index) });
  });
  return Row;
};

/**
 * Classes by their columns. Visitors are compiled for the class of the row that they have seen: with a class for every
 * visit they became several times slower at the second.
 */
const classes = new Map<string, new () => RowLoan>();
const CLASSES_MAX = 256;

const rowClass = (columns: readonly SchemaColumn[]): (new () => RowLoan) => {
  const key = JSON.stringify(columns.map((column) => [column.name, cellKind(column)]));
  let known = classes.get(key);
  if (known === undefined) {
    known = withColumns(columns);
    if (classes.size >= CLASSES_MAX) classes.delete(classes.keys().next().value!);
    classes.set(key, known);
  }
  return known;
};

/** A plain object with the cells of a row on loan: to be kept. */
export const copyRow = <Row>(row: Row): Row => {
  if (typeof row !== "object" || row === null || !(ROW in row)) return row;
  const copy = {};
  const prototype: object = Object.getPrototypeOf(row);
  for (const name of Object.keys(prototype)) {
    const value: Cell = Reflect.get(prototype, name, row);
    // As a plain assignment would not for "__proto__".
    Object.defineProperty(copy, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return copy as Row;
};

/** Moves one loaned row over the rows of chunks. */
export class RowCursor<Row> {
  readonly row: Row;
  readonly #loan: RowLoan;

  constructor(private readonly columns: readonly SchemaColumn[]) {
    this.#loan = new (rowClass(columns))();
    this.row = this.#loan as Row;
  }

  /** @param columns - of one chunk, as the schema has them. */
  open(columns: readonly Column[]): void {
    this.#loan[CELLS] = columns.map((column, index) => cellsOf(column, this.columns[index]!));
  }

  /** The row of the chunk that `row` shows. */
  move(row: number): void {
    this.#loan[ROW] = row;
  }

  /** Shows `rowCount` rows of the open chunk to `visit`. */
  visit(rowCount: number, firstRow: number, visit: (row: Row, index: number) => void): void {
    visitLoop(visit)(this.#loan, ROW, rowCount, firstRow, visit);
  }

  /** The visit is over: a row that was kept says so from now on. */
  close(): void {
    this.#loan[ROW] = -1;
  }
}
