/**
 * Where the first row begins in bytes from the middle of a file, if one looks at nothing else.
 *
 * The problem: quoted text may hold line breaks, so a line break ends a row or does not, and only what stands before it, back
 * to the begin of the file, says which. The idea: guess, and have the guess checked by whoever reads the bytes before
 * (see docs/decisions/0022). The bytes are read both ways, as if they began outside and inside of quotes; the wrong way soon
 * meets rows of another length, text behind closing quotes and quotes in the middle of fields.
 * (After Ge, Li, Eilebrecht, Chandramouli, Kossmann, "Speculative distributed CSV data parsing for big data analytics",
 * SIGMOD 2019.)
 */
import { type CsvRow, type DialectBytes, isWholeRow, readRow } from "./read-row.js";

/** Rows that a way is judged by: all of a window, or so. */
const ROWS_MAX = 5_000;

/** What speaks against rows from `at` on. */
const objections = (bytes: Uint8Array, at: number, columnCount: number, dialect: DialectBytes): number => {
  let count = 0;
  for (let rows = 0; rows < ROWS_MAX && at < bytes.length; rows++) {
    const row = readRow(bytes, at, dialect, false);
    // Bytes that end inside of quotes may be cut there; more often they end outside.
    if (!isWholeRow(row)) return count + (row.openQuoteLine === undefined ? 0 : 1);
    count += objectionsTo(row, columnCount);
    at = row.behind;
  }
  return count;
};

const objectionsTo = ({ fields, bareQuotes, isEmpty }: CsvRow, columnCount: number): number =>
  (isEmpty || fields.length === columnCount ? 0 : 1) +
  bareQuotes +
  fields.reduce((sum, { isBroken }) => sum + (isBroken ? 1 : 0), 0);

/** In the place of the first byte, which stands before the position: text of a field without quotes. */
const BARE = 120;

/** Behind the row that goes on from the first byte on, if that were `first`; -1 if it has no end here or cannot be so. */
const behindRow = (bytes: Uint8Array, first: number, dialect: DialectBytes): { at: number; count: number } => {
  const begun = Uint8Array.from(bytes);
  begun[0] = first;
  const row = readRow(begun, 0, dialect, false);
  if (!isWholeRow(row)) return { at: -1, count: Infinity };
  // It may have any number of fields.
  return { at: row.behind, count: objectionsTo(row, row.fields.length) };
};

/**
 * @param bytes - from the byte before the position in question on.
 * @returns how many of them stand before the first row; -1 if none of them begins one.
 */
export const guessRowStart = (bytes: Uint8Array, columnCount: number, dialect: DialectBytes): number => {
  const [before] = bytes;
  if (dialect.quote < 0 || !bytes.includes(dialect.quote)) return bytes.indexOf(dialect.newLine) + 1 || -1;
  const outside =
    before === dialect.newLine
      ? { at: 1, count: 0 }
      : behindRow(bytes, before === dialect.quote ? BARE : before!, dialect);
  const inside = behindRow(bytes, dialect.quote, dialect);
  const judged = ({ at, count }: { readonly at: number; readonly count: number }): number =>
    at < 0 ? Infinity : count + objections(bytes, at, columnCount, dialect);
  const insideObjections = judged(inside);
  return outside.at >= 0 && judged(outside) <= insideObjections ? outside.at : inside.at;
};
