/**
 * Where the first row begins in bytes from the middle of a file, if one looks at nothing else.
 *
 * The problem: quoted text may hold line breaks, so a line break ends a row or does not, and only what stands before it, back
 * to the begin of the file, says which. The idea: guess, and have the guess checked by whoever reads the bytes before
 * (see docs/decisions/0017). The bytes are read both ways, as if they began outside and inside of quotes; the wrong way soon
 * meets rows of another length, text behind closing quotes and quotes in the middle of fields.
 * (After Ge, Li, Eilebrecht, Chandramouli, Kossmann, "Speculative distributed CSV data parsing for big data analytics",
 * SIGMOD 2019.)
 */
import { type CsvRow, type DialectBytes, isWholeRow, readRow } from "./read-row.js";

/** Rows that a way is judged by. */
const ROWS_MAX = 50;

/** What speaks against rows from `at` on; infinitely much if no row begins there. */
const objections = (bytes: Uint8Array, at: number, columnCount: number, dialect: DialectBytes): number => {
  if (at < 0 || at > bytes.length) return Infinity;
  let count = 0;
  for (let rows = 0; rows < ROWS_MAX && at < bytes.length; rows++) {
    const row = readRow(bytes, at, dialect, false);
    if (!isWholeRow(row)) break;
    count += objectionsTo(row, columnCount);
    at = row.behind;
  }
  return count;
};

const objectionsTo = ({ fields, bareQuotes, isEmpty }: CsvRow, columnCount: number): number =>
  (isEmpty || fields.length === columnCount ? 0 : 1) +
  bareQuotes +
  fields.reduce((sum, { isBroken }) => sum + (isBroken ? 1 : 0), 0);

/** Behind the first line break from `at` on, or -1. */
const behindLine = (bytes: Uint8Array, at: number, { newLine }: DialectBytes): number => {
  const index = bytes.indexOf(newLine, at);
  return index < 0 ? -1 : index + 1;
};

/** Behind the row that the text from 0 on, inside of quotes, belongs to; or -1. */
const behindQuoted = (bytes: Uint8Array, dialect: DialectBytes): number => {
  const opened = new Uint8Array(bytes.length + 1);
  opened[0] = dialect.quote;
  opened.set(bytes, 1);
  const row = readRow(opened, 0, dialect, false);
  if (!isWholeRow(row) || row.fields.some(({ isBroken }) => isBroken)) return -1;
  return row.behind - 1;
};

/**
 * @param bytes - from the byte before the position in question on.
 * @returns how many of them stand before the first row; -1 if none of them begins one.
 */
export const guessRowStart = (bytes: Uint8Array, columnCount: number, dialect: DialectBytes): number => {
  const outside = behindLine(bytes, 0, dialect);
  if (dialect.quote < 0 || !bytes.includes(dialect.quote)) return outside;
  const inside = behindQuoted(bytes, dialect);
  // The rest of a row from outside has its objections too: a quote that closes there is one in the middle of a field.
  const rest = outside < 0 ? undefined : readRow(bytes.subarray(0, outside), 0, dialect, true);
  const outsideObjections =
    objections(bytes, outside, columnCount, dialect) + (rest !== undefined && isWholeRow(rest) ? rest.bareQuotes : 0);
  const insideObjections = objections(bytes, inside, columnCount, dialect);
  return outside >= 0 && outsideObjections <= insideObjections ? outside : inside;
};
