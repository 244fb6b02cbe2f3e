import type { Access } from "../aggregates/column-access.js";

/** Rows of a chunk as group-by reads them. */
export interface GroupBatch {
  readonly rowCount: number;
  readonly keys: readonly Access[];
  readonly inputs: readonly Access[];
  /** Number in the frame of the batch's first row. */
  readonly firstRow: number;
  /** Of each row, counted from `firstRow`, ascending; undefined: one after another. */
  readonly rows: Uint32Array | undefined;
}

export const rowNumber = ({ firstRow, rows }: GroupBatch, row: number): number =>
  firstRow + (rows === undefined ? row : rows[row]!);
