/**
 * Which rows of a file were bad. A block only knows how far a line is from its own first one, so it reports lines relative
 * to that, with how many it has; when all blocks are there they become line numbers of their file.
 */
import { Eau2Error } from "@eau2/protocol";
import { z } from "zod";
import { BAD_ROWS_MAX, SOR_FAULTS, type SorFault } from "./sor-types.js";

/** What one block says. */
export const BlockLines = z.strictObject({
  /** Lines that begin in the block, bad ones included. */
  lineCount: z.int().min(0),
  badRowCount: z.int().min(0),
  /** The first of them, 10 at most: index of the line in the block, column of the first bad field, why. */
  badRows: z
    .array(z.strictObject({ line: z.int().min(0), column: z.int().min(0), fault: z.enum(SOR_FAULTS) }))
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
  readonly fault: SorFault;
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
 */
export const mergeBadRows = (blocks: readonly BlockReport[]): BadRowReport => {
  let lineCount = 0;
  let badRowCount = 0;
  let file = -1;
  let linesBefore = 0;
  const badRows: BadRow[] = [];
  for (const block of blocks) {
    if (block.file !== file) {
      if (block.file < file) throw new Error(`invariant: blocks of file ${block.file} behind those of ${file}`);
      file = block.file;
      linesBefore = 0;
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

const WHAT: Readonly<Record<SorFault, string>> = {
  contradicts: "does not fit the column's type",
  "quote-unclosed": "has a quote that is not closed on its line",
  "field-unclosed": 'has no ">" on its line',
  "text-behind-value": 'has text between its value and its ">"',
  "too-long": "has more than 255 bytes",
};

/** A bad row as people read it: `line 12, column "c3": ...`. */
export const describeBadRow = ({ line, column, fault }: BadRow, columnNames: readonly string[]): string =>
  `line ${line}, column "${columnNames[column] ?? column}": the field ${WHAT[fault]}`;

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
