/**
 * The fields of one row of CSV, byte by byte: for samples, headers and guesses, and what the kernel's tests compare it to.
 * The grammar stands at `CsvKernel`.
 */
import type { CsvDialect } from "./csv-types.js";

const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** A dialect as bytes; a quote that there is none of is -1. */
export interface DialectBytes {
  readonly delimiter: number;
  readonly quote: number;
  readonly newLine: number;
}

export const dialectBytes = ({ delimiter, quote, newLine }: CsvDialect): DialectBytes => ({
  delimiter: delimiter.charCodeAt(0),
  quote: quote === null ? -1 : quote.charCodeAt(0),
  newLine: newLine.charCodeAt(0),
});

/** A field: bytes from `start` to `end`, without its quotes. */
export interface CsvField {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
  /** Quotes inside are doubled. */
  readonly isDoubled: boolean;
  /** Text follows its closing quote. */
  readonly isBroken: boolean;
}

export interface CsvRow {
  readonly fields: readonly CsvField[];
  /** Line breaks in it, without the one that ends it. */
  readonly lineBreaks: number;
  /** Quotes in fields that do not begin with one. */
  readonly bareQuotes: number;
  /** Where the next row begins. */
  readonly behind: number;
  /** Nothing stands before its end. */
  readonly isEmpty: boolean;
}

/** A row that is cut off: it has no end in the bytes there are. */
export interface CutRow {
  /** Line breaks before the quote that is open, in this row. */
  readonly openQuoteLine: number | undefined;
}

/** Where the field that ends at `at`, if it does, lets reading go on: at the delimiter or the last byte of the line's end. */
const fieldEnd = (bytes: Uint8Array, at: number, { delimiter, newLine }: DialectBytes): number => {
  if (bytes[at] === delimiter || bytes[at] === newLine) return at;
  return bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === newLine ? at + 1 : -1;
};

/**
 * Reads the row that begins at `at`.
 * @param isLast - nothing follows `bytes`: their end ends a row.
 */
export const readRow = (bytes: Uint8Array, at: number, dialect: DialectBytes, isLast: boolean): CsvRow | CutRow => {
  const { delimiter, quote, newLine } = dialect;
  const fields: CsvField[] = [];
  const { length } = bytes;
  let lineBreaks = 0;
  let bareQuotes = 0;
  const bareEnd = (from: number): number => {
    let end = from;
    while (end < length && bytes[end] !== delimiter && bytes[end] !== newLine) end++;
    return end;
  };
  for (let next = at; ; ) {
    let first = next;
    if (delimiter !== SPACE) while (bytes[first] === SPACE) first++;
    let start = next;
    let end: number;
    let stop: number;
    const isQuoted = bytes[first] === quote;
    let isDoubled = false;
    let isBroken = false;
    if (isQuoted) {
      start = end = first + 1;
      const openedAt = lineBreaks;
      for (; ; end++) {
        if (end >= length) return { openQuoteLine: openedAt };
        if (bytes[end] === newLine) lineBreaks++;
        if (bytes[end] !== quote) continue;
        if (bytes[end + 1] !== quote) break;
        isDoubled = true;
        end++;
      }
      let behind = end + 1;
      if (delimiter !== SPACE) while (bytes[behind] === SPACE) behind++;
      const isReturned = newLine !== CARRIAGE_RETURN && bytes[behind] === CARRIAGE_RETURN && behind + 1 === length;
      stop = behind === length || isReturned ? length : fieldEnd(bytes, behind, dialect);
      if (stop < 0) {
        isBroken = true;
        stop = bareEnd(behind);
      }
    } else {
      stop = end = bareEnd(next);
      if (bytes[stop] !== delimiter && end > start && bytes[end - 1] === CARRIAGE_RETURN) end--;
      for (let index = start; index < end; index++) if (bytes[index] === quote) bareQuotes++;
    }
    if (stop >= length && !isLast) return { openQuoteLine: undefined };
    fields.push({ start, end, isQuoted, isDoubled, isBroken });
    if (stop >= length || bytes[stop] !== delimiter) {
      const isEmpty = fields.length === 1 && !isQuoted && start === end;
      return { fields, lineBreaks, bareQuotes, behind: Math.min(length, stop + 1), isEmpty };
    }
    next = stop + 1;
  }
};

export const isWholeRow = (row: CsvRow | CutRow): row is CsvRow => "fields" in row;

/** The bytes of a field as they are meant. */
export const fieldBytes = (bytes: Uint8Array, { start, end, isDoubled }: CsvField, quote: number): Uint8Array => {
  const text = bytes.subarray(start, end);
  if (!isDoubled) return text;
  const single: number[] = [];
  for (let at = 0; at < text.length; at++) {
    single.push(text[at]!);
    if (text[at] === quote) at++;
  }
  return Uint8Array.from(single);
};
