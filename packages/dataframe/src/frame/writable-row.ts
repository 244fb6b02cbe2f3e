/** The row that writers fill: one object for all rows, with a property for each column that can be set. */
import { Eau2Error } from "@eau2/protocol";
import type { SchemaColumn } from "../schema/schema.js";
import type { Cell } from "./cells.js";

export class WritableRow {
  readonly row: object = {};
  /** The cell of a column by position. */
  readonly cellAt = (column: number): Cell => this.#cells[column]!;
  #cells: Cell[];
  #isOpen = true;

  constructor(columns: readonly SchemaColumn[]) {
    this.#cells = columns.map(() => null);
    columns.forEach(({ name }, index) => {
      Object.defineProperty(this.row, name, {
        enumerable: true,
        get: () => this.#cells[index],
        set: (cell: Cell) => {
          if (!this.#isOpen) {
            throw new Eau2Error("USAGE", `set "${name}" of a row that was kept: rows are on loan during the visit`);
          }
          this.#cells[index] = cell;
        },
      });
    });
    // A name that is no column is a mistake, and a silent one without this.
    Object.preventExtensions(this.row);
  }

  /** All cells are null again. */
  clear(): void {
    this.#cells.fill(null);
  }

  /** No row is written any more. */
  close(): void {
    this.#isOpen = false;
  }
}
