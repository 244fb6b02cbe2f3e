/** Delimiter, quote and line ends of a file, from its begin. */
import type { CsvDialect } from "./csv-types.js";
import { type CsvRow, dialectBytes, isWholeRow, readRow } from "./read-row.js";

const DELIMITERS = [",", "\t", ";", "|"];
const ROWS_MAX = 500;
/** Below this share of rows with the same number of fields a delimiter is none. */
const SHARE_MIN = 0.5;
/** Rows in which a field stands in single quotes, from which on they are quotes. */
const SINGLE_QUOTE_SHARE_MIN = 0.5;

export interface DialectOverrides {
  readonly delimiter?: string | undefined;
  readonly quote?: string | null | undefined;
}

export interface DialectGuess {
  readonly dialect: CsvDialect;
  /** Fields of a row, mostly. */
  readonly fieldCount: number;
  /** What speaks for it. */
  readonly reasons: { readonly delimiter: string; readonly quote: string; readonly newLine: string };
}

/** The rows from `at` on, at most 500. @param isLast - the bytes end where the file does. */
export const sampleRows = (
  bytes: Uint8Array,
  at: number,
  dialect: CsvDialect,
  isLast: boolean,
  rowsMax = ROWS_MAX,
): CsvRow[] => {
  const asBytes = dialectBytes(dialect);
  const rows: CsvRow[] = [];
  while (rows.length < rowsMax && at < bytes.length) {
    const row = readRow(bytes, at, asBytes, isLast);
    if (!isWholeRow(row)) break;
    rows.push(row);
    at = row.behind;
  }
  return rows;
};

interface Trial {
  readonly dialect: CsvDialect;
  readonly rowCount: number;
  readonly fieldCount: number;
  /** Rows that have so many fields. */
  readonly regular: number;
  readonly score: number;
}

const tryDialect = (bytes: Uint8Array, at: number, dialect: CsvDialect, isLast: boolean): Trial => {
  const rows = sampleRows(bytes, at, dialect, isLast).filter(({ isEmpty }) => !isEmpty);
  const counts = new Map<number, number>();
  let broken = 0;
  for (const { fields } of rows) {
    counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
    if (fields.some(({ isBroken }) => isBroken)) broken++;
  }
  let fieldCount = 1;
  let regular = 0;
  for (const [fields, count] of counts) {
    if (count > regular || (count === regular && fields > fieldCount)) [fieldCount, regular] = [fields, count];
  }
  const share = rows.length === 0 ? 0 : (regular - broken) / rows.length;
  return {
    dialect,
    rowCount: rows.length,
    fieldCount,
    regular,
    score: fieldCount > 1 && share >= SHARE_MIN ? share : 0,
  };
};

const spoken = (character: string): string => (character === "\t" ? "tab" : `"${character}"`);

/**
 * @param head - the begin of the file, from `at` on.
 * @param isLast - it is the whole file.
 */
export const sniffDialect = (
  head: Uint8Array,
  at: number,
  isLast: boolean,
  { delimiter, quote: givenQuote }: DialectOverrides,
): DialectGuess => {
  const newLine = head.includes(10) || !head.includes(13) ? "\n" : "\r";
  const quote = givenQuote === undefined ? sniffQuote(head, at, newLine, isLast) : givenQuote;
  const trials = (delimiter === undefined ? DELIMITERS : [delimiter]).map((candidate) =>
    tryDialect(head, at, { delimiter: candidate, quote, newLine }, isLast),
  );
  const best = trials.reduce((a, b) =>
    b.score > a.score + 0.01 || (Math.abs(b.score - a.score) <= 0.01 && b.fieldCount > a.fieldCount && b.score > 0)
      ? b
      : a,
  );
  const { rowCount, fieldCount, regular, dialect } = best;
  const rows = `${regular} of the first ${rowCount} rows have ${fieldCount} field${fieldCount === 1 ? "" : "s"}`;
  return {
    dialect,
    fieldCount,
    reasons: {
      delimiter:
        delimiter !== undefined
          ? `given; ${rows}`
          : best.score > 0
            ? rows
            : `none of ${DELIMITERS.map(spoken).join(" ")} parts the rows alike: one column`,
      quote: givenQuote !== undefined ? "given" : quote === "'" ? "fields stand in single quotes" : "as usual",
      newLine:
        newLine === "\r"
          ? "there are no line feeds"
          : head.includes(13)
            ? "with carriage returns before them"
            : "as usual",
    },
  };
};

/** Double quotes, unless fields stand in single ones and in no double ones. */
const sniffQuote = (head: Uint8Array, at: number, newLine: CsvDialect["newLine"], isLast: boolean): string => {
  if (!head.includes(39)) return '"';
  const isIn = (bytes: Uint8Array, quote: number, start: number, end: number): boolean =>
    end - start > 1 && bytes[start] === quote && bytes[end - 1] === quote;
  const isSingle = DELIMITERS.some((delimiter) => {
    const rows = sampleRows(head, at, { delimiter, quote: null, newLine }, isLast);
    const has = (quote: number): number =>
      rows.filter(({ fields }) => fields.some(({ start, end }) => isIn(head, quote, start, end))).length;
    return has(39) > rows.length * SINGLE_QUOTE_SHARE_MIN && has(34) === 0;
  });
  return isSingle ? "'" : '"';
};
