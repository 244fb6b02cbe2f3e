import type { RowFault } from "../text/bad-rows.js";

/** What kernels collect; the index in this list is the kernels' number. */
export const ROW_COLUMN_TYPES = ["boolean", "int64", "float64", "utf8", "date", "timestamp"] as const;
export type RowColumnType = (typeof ROW_COLUMN_TYPES)[number];

/** The rows of one column of a chunk. Null rows hold 0. */
export type RowColumn = {
  /** Bits of rows that have a value, spare bits 0; undefined when all have. */
  readonly validity: Uint8Array | undefined;
} & (
  | { readonly type: "boolean" /** Bits, spare ones 0. */; readonly values: Uint8Array }
  | { readonly type: "int64" | "timestamp"; readonly values: BigInt64Array }
  | { readonly type: "float64"; readonly values: Float64Array }
  | { readonly type: "date"; readonly values: Int32Array }
  | { readonly type: "utf8" /** Codes in the column's dictionary. */; readonly values: Int32Array }
);

export interface BadRowPlace {
  /** Index of the line in its block on which the row begins. */
  readonly line: number;
  /** The column of its first bad field. */
  readonly column: number;
  readonly fault: RowFault;
}

/** The distinct strings of one column, in order of first appearance in rows that count. */
export interface RowDictionary {
  readonly count: number;
  readonly offsets: Uint32Array;
  readonly values: Uint8Array;
}

/**
 * Parses text into rows of typed columns, block by block; what a row is, its format knows.
 *
 * A caller puts bytes into `space()` and has them parsed until no rows are left; whenever the chunk is full its rows are
 * taken and cleared first. Every view lies in memory of the kernel and dies at the next call of any method.
 * After `MEMORY_EXCEEDED` only `reset()` and dropping the kernel are left.
 */
export interface RowKernel {
  /** Forgets pending bytes and counts the block's lines, rows and distinct strings from 0. */
  beginBlock(): void;
  /** Room for `bytes` more bytes, behind the pending ones. @throws Eau2Error `MEMORY_EXCEEDED` */
  space(bytes: number): Uint8Array;
  /** Bytes that belong to a row whose end has not been seen. */
  readonly pendingBytes: number;

  /** Rows that are collected. */
  readonly rowCount: number;
  /** The collected rows; to be called once, before `clearRows`. The views may be written to. */
  takeRows(): RowColumn[];
  clearRows(): void;

  /** Of the block: lines, rows (collected or cleared), bad rows and the first ten of these. */
  readonly lineCount: number;
  readonly blockRowCount: number;
  readonly badRowCount: number;
  badRows(): BadRowPlace[];
  /** Of a utf8 column of the block: rows that are not null, and the distinct strings among them. */
  blockStrings(column: number): { readonly rowCount: number; readonly distinct: number };

  dictionary(column: number): RowDictionary;
  /** Memory that the dictionaries hold. */
  readonly dictionaryBytes: number;
  /** All memory that the kernel holds; it never shrinks. */
  readonly bytes: number;
}
