/**
 * Which rows of a file were bad. A block only knows how far a line is from its own first one, so it reports lines relative
 * to that, with how many it has; when all blocks are there they become line numbers of their file.
 */
import { Eau2Error } from "@eau2/protocol";
import { z } from "zod";

/**
 * What a reader does with a bad row, one that contradicts the schema or the grammar: leaves it out, keeps it with nulls in
 * its bad fields, or leaves it out so that the load can fail with all bad rows known (see `assertNoBadRows`).
 */
export const BAD_ROW_POLICIES = ["discard", "null", "error"] as const;
export type BadRowPolicy = (typeof BAD_ROW_POLICIES)[number];

/** Why a row is bad: what is wrong with its first bad field. The index in this list is the kernels' number less one. */
export const ROW_FAULTS = [
  /** The value is of a wider type than its column. */
  "contradicts",
  "quote-unclosed",
  /** SoR: no ">" on the line. */
  "field-unclosed",
  /** SoR: something that is no space between a value and its ">". */
  "text-behind-value",
  /** SoR: more than 255 bytes. */
  "too-long",
  /** CSV: something that is no space between a closing quote and the delimiter. */
  "text-behind-quote",
  /** CSV: the row ends before its last column. */
  "fields-missing",
  /** CSV: the row has more fields than there are columns. */
  "fields-left",
] as const;
export type RowFault = (typeof ROW_FAULTS)[number];

/** Bad rows that are reported by place; all are counted. */
export const BAD_ROWS_MAX = 10;

/** What one block says. */
export const BlockLines = z.strictObject({
  /** Lines that begin in the block, bad ones included. */
  lineCount: z.int().min(0),
  badRowCount: z.int().min(0),
  /** The first of them, 10 at most: index of the line in the block, column of the first bad field, why. */
  badRows: z
    .array(z.strictObject({ line: z.int().min(0), column: z.int().min(0), fault: z.enum(ROW_FAULTS) }))
    .max(BAD_ROWS_MAX),
});
export type BlockLines = z.infer<typeof BlockLines>;

/** A block's report and the file it is of, in origin order. */
export interface BlockReport extends BlockLines {
  /** Position of the file in the input. */
  readonly file: number;
}

export interface BadRow {
  readonly file: number;
  /** Line of that file, from 1 on. */
  readonly line: number;
  readonly column: number;
  readonly fault: RowFault;
}

export interface BadRowReport {
  readonly lineCount: number;
  readonly badRowCount: number;
  /** The first 10, by file and line. */
  readonly badRows: readonly BadRow[];
}

/**
 * @param blocks - of all files, in origin order: files ascending, and the blocks of one file as they follow each other. Of a
 *   range that does not begin at 0, lines are counted from the range's first whole line on: what is before it is not read.
 * @param headLines - lines of each file before its first block. @defaultValue none
 */
export const mergeBadRows = (blocks: readonly BlockReport[], headLines: readonly number[] = []): BadRowReport => {
  let lineCount = 0;
  let badRowCount = 0;
  let file = -1;
  let linesBefore = 0;
  const badRows: BadRow[] = [];
  for (const block of blocks) {
    if (block.file !== file) {
      if (block.file < file) throw new Error(`invariant: blocks of file ${block.file} behind those of ${file}`);
      file = block.file;
      linesBefore = headLines[file] ?? 0;
    }
    for (const { line, column, fault } of block.badRows) {
      if (badRows.length === BAD_ROWS_MAX) break;
      badRows.push({ file, line: linesBefore + line + 1, column, fault });
    }
    linesBefore += block.lineCount;
    lineCount += block.lineCount;
    badRowCount += block.badRowCount;
  }
  return { lineCount, badRowCount, badRows };
};

const WHAT: Readonly<Record<RowFault, string>> = {
  contradicts: "the field does not fit the column's type",
  "quote-unclosed": "the field has a quote that is not closed on its line",
  "field-unclosed": 'the field has no ">" on its line',
  "text-behind-value": 'the field has text between its value and its ">"',
  "too-long": "the field has more than 255 bytes",
  "text-behind-quote": "text follows the closing quote of the field",
  "fields-missing": "the row ends before it",
  "fields-left": "the row goes on behind it, the last column",
};

/** A bad row as people read it: `line 12, column "c3": ...`. */
export const describeBadRow = ({ line, column, fault }: BadRow, columnNames: readonly string[]): string =>
  `line ${line}, column "${columnNames[column] ?? column}": ${WHAT[fault]}`;

/**
 * The end of a load whose policy is "error".
 * @param paths - of the files, by position in the input.
 * @throws Eau2Error `DATA_INVALID` when a row was bad, naming the first ones by file and line.
 */
export const assertNoBadRows = (
  { badRowCount, badRows, lineCount }: BadRowReport,
  paths: readonly string[],
  columnNames: readonly string[],
): void => {
  const [first] = badRows;
  if (first === undefined) return;
  const places = badRows.map((row) => `"${paths[row.file] ?? row.file}" ${describeBadRow(row, columnNames)}`);
  throw new Eau2Error(
    "DATA_INVALID",
    `load ${lineCount} lines: ${badRowCount} of them ${badRowCount === 1 ? "does" : "do"} not fit the schema: ${places.join("; ")}; ` +
      "correct the file, give a schema that fits, or let bad rows be discarded or nulled",
    { badRowCount, lineCount, file: paths[first.file] ?? String(first.file), line: first.line },
  );
};
