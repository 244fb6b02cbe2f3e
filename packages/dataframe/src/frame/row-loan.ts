/**
 * The row that visitors see: one object for all rows, a property for each column. So a visit allocates nothing per row, and
 * a row is on loan: it shows the row that is visited at the moment, and nothing once the visit is over.
 */
import { Eau2Error } from "@eau2/protocol";
import { isBitSet } from "@eau2/serialization";
import type { Column } from "../column/column.js";
import type { ReadRow } from "../column/column-readers.js";
import type { SchemaColumn } from "../schema/schema.js";

/** A cell as a program sees it. */
export type Cell = number | bigint | string | boolean | null;

const returned = (name: string): never => {
  throw new Eau2Error(
    "USAGE",
    `read "${name}" of a row that was kept: rows are on loan during the visit; copy what you need ({ ...row })`,
  );
};

/** Reads the cells of a column; the way is chosen once a chunk. */
export const cellReader = (column: Column, { type }: SchemaColumn): ReadRow<Cell> => {
  const { validity, encoding } = column.layout;
  if (encoding === "null") return () => null;
  const read: ReadRow<Cell> = type.as === "bigint" ? (row) => column.bigintAt(row) : column.valueReader;
  return validity === undefined ? read : (row) => (isBitSet(validity, row) ? read(row) : null);
};

/** Has no member with a name of its own: every name may be a column's. */
class RowLoan {
  #cells: readonly ReadRow<Cell>[] = [];
  #row = -1;

  static readonly open = (loan: RowLoan, cells: readonly ReadRow<Cell>[]): void => {
    loan.#cells = cells;
  };
  static readonly move = (loan: RowLoan, row: number): void => {
    loan.#row = row;
  };
  /** Properties of its own, so that `{ ...row }` copies them. */
  static readonly define = (loan: RowLoan, names: readonly string[]): void => {
    names.forEach((name, index) => {
      const get = (): Cell => (loan.#row < 0 ? returned(name) : loan.#cells[index]!(loan.#row));
      Object.defineProperty(loan, name, { enumerable: true, get });
    });
    Object.freeze(loan);
  };
}

/** Moves one loaned row over the rows of chunks. */
export class RowCursor<Row> {
  readonly row: Row;
  readonly #loan = new RowLoan();

  constructor(private readonly columns: readonly SchemaColumn[]) {
    RowLoan.define(
      this.#loan,
      columns.map(({ name }) => name),
    );
    this.row = this.#loan as Row;
  }

  /** @param columns - of one chunk, as the schema has them. */
  open(columns: readonly Column[]): void {
    RowLoan.open(
      this.#loan,
      columns.map((column, index) => cellReader(column, this.columns[index]!)),
    );
  }

  /** The row of the chunk that `row` shows. */
  move(row: number): void {
    RowLoan.move(this.#loan, row);
  }

  /** The visit is over: a row that was kept says so from now on. */
  close(): void {
    RowLoan.move(this.#loan, -1);
  }
}
