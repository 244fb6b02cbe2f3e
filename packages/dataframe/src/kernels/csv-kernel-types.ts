import type { CsvColumn, CsvDialect, CsvNulls } from "../csv/csv-types.js";
import type { BadRowPolicy } from "../text/bad-rows.js";
import type { RowKernel } from "./row-kernel-types.js";

export interface CsvLayout {
  readonly dialect: CsvDialect;
  readonly nulls: CsvNulls;
  /** The columns of the file, one or more; null: read past. */
  readonly columns: readonly (CsvColumn | null)[];
  readonly policy: BadRowPolicy;
  /** Rows of a chunk: more are never collected. */
  readonly chunkRows: number;
}

/** A quote that no other one closes. */
export interface OpenQuote {
  /** Index of the line in its block. */
  readonly line: number;
  readonly column: number;
}

/**
 * Parses rows of CSV into typed columns.
 *
 *     row    := field (delimiter field)* end           end := "\n" | "\r\n", or "\r" alone if the dialect says so
 *     field  := bare | " "* quote (no quote | quote quote)* quote " "*
 *     bare   := text without delimiter and end that does not begin with spaces and a quote; quotes mean nothing in it
 *
 * Values of all types may be quoted, and all but text may have spaces around them. Numbers are what `Number` makes of them;
 * also nan, inf and infinity. Booleans are true and false, and 1 and 0 where the type is no guess. An empty line is no row,
 * unless there is one column. Behind the last end there is no row.
 *
 * A guessed type takes a number only if nothing of it is lost: no leading zeros, no -0 as an integer, no integer as a float64
 * that cannot hold it. What it does not take is null and noted in `seen`; its row is not bad.
 */
export interface CsvKernel extends RowKernel {
  /** Forgets everything and takes up columns: dictionaries begin anew. */
  reset(layout: CsvLayout): void;
  /**
   * Takes `added` bytes, which the caller has put at the begin of `space()`, and parses the rows that end in them.
   * @param final - no bytes follow.
   * @param single - at most one row.
   * @returns whether rows are left because the chunk is full: `takeRows`, `clearRows`, and `parse(0, ...)` again.
   * @throws Eau2Error `MEMORY_EXCEEDED`
   */
  parse(added: number, final: boolean, single: boolean): boolean;
  /** Bytes of the block's rows that were parsed: where the next one begins. */
  readonly rowBytes: number;
  /** Bits of {@link SEEN} for each column of the file: what of the block's rows its guessed type does not take. */
  seen(): number[];
  /** Where the quote opened that the bytes so far do not close: if bytes are left after a `final` parse, it never does. */
  readonly openQuote: OpenQuote | undefined;
}
