import type { BadRowPolicy, SorColumnType, SorFault } from "../sor/sor-types.js";

export interface SorLayout {
  readonly types: readonly SorColumnType[];
  readonly policy: BadRowPolicy;
  /** Rows of a chunk: more are never collected. */
  readonly chunkRows: number;
}

/** The rows of one column of a chunk. Null rows hold 0. */
export type SorColumn = {
  /** Bits of rows that have a value, spare bits 0; undefined when all have. */
  readonly validity: Uint8Array | undefined;
} & (
  | { readonly type: "boolean" /** Bits, spare ones 0. */; readonly values: Uint8Array }
  | { readonly type: "int64"; readonly values: BigInt64Array }
  | { readonly type: "float64"; readonly values: Float64Array }
  | { readonly type: "utf8" /** Codes in the column's dictionary. */; readonly values: Int32Array }
);

export interface SorBadRow {
  /** Index of the line in its block. */
  readonly line: number;
  /** The column of its first bad field. */
  readonly column: number;
  readonly fault: SorFault;
}

/** The distinct strings of one column, in order of first appearance in rows that count. */
export interface SorDictionary {
  readonly count: number;
  readonly offsets: Uint32Array;
  readonly values: Uint8Array;
}

/**
 * Parses lines of SoR into typed columns.
 *
 *     row    := (ws* field)* ws*              ws := " "; other text between fields is ignored, "\r" before "\n" too
 *     field  := "<" ws* [value] ws* ">"       without a value it is null
 *     value  := "0" | "1" | [+-]? digit+ | [+-]? digit* "." digit* | '"' no quote* '"' | a run without space and ">"
 *
 * A column takes values of its type and of those before it (boolean, int64, float64, utf8); text and quoted values only
 * fit utf8. Fields that a row lacks at its end are null; from the end of the last column's field on nothing of a row is
 * looked at. Every line is a row, an empty one too, but nothing at all behind the last "\n" is no line.
 *
 * A caller puts bytes into `space()` and calls `parse()` until it is false; whenever it is true the rows are a chunk: they
 * are taken and cleared first. Every view lies in memory of the kernel and dies at the next call of any method.
 * After `MEMORY_EXCEEDED` only `reset()` and dropping the kernel are left.
 */
export interface SorKernel {
  /** Forgets everything and takes up columns: dictionaries begin anew. */
  reset(layout: SorLayout): void;
  /** Forgets pending bytes and counts the block's lines, rows and distinct strings from 0. */
  beginBlock(): void;
  /** Room for `bytes` more bytes, behind the pending ones. @throws Eau2Error `MEMORY_EXCEEDED` */
  space(bytes: number): Uint8Array;
  /** Bytes that belong to a line whose end has not been seen. */
  readonly pendingBytes: number;
  /**
   * Takes `added` bytes, which the caller has put at the begin of `space()`, and parses the lines that end in them.
   * @param final - what follows the last "\n" is a line too.
   * @returns whether lines are left because the chunk is full: `takeRows`, `clearRows`, and `parse(0, final)` again.
   * @throws Eau2Error `MEMORY_EXCEEDED`
   */
  parse(added: number, final: boolean): boolean;

  /** Rows that are collected. */
  readonly rowCount: number;
  /** The collected rows; to be called once, before `clearRows`. The views may be written to. */
  takeRows(): SorColumn[];
  clearRows(): void;

  /** Of the block: lines, rows (collected or cleared), bad rows and the first ten of these. */
  readonly lineCount: number;
  readonly blockRowCount: number;
  readonly badRowCount: number;
  badRows(): SorBadRow[];
  /** Of a utf8 column of the block: rows that are not null, and the distinct strings among them. */
  blockStrings(column: number): { readonly rowCount: number; readonly distinct: number };

  dictionary(column: number): SorDictionary;
  /** Memory that the dictionaries hold. */
  readonly dictionaryBytes: number;
  /** All memory that the kernel holds; it never shrinks. */
  readonly bytes: number;
}
