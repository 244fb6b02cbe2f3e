import { ROW_COLUMN_TYPES, type RowColumnType } from "../kernels/row-kernel-types.js";

/** Types that a column of CSV may have. */
export const CSV_COLUMN_TYPES = ROW_COLUMN_TYPES;
export type CsvColumnType = RowColumnType;

/** How bytes are cut into rows and fields. */
export interface CsvDialect {
  /** One character of ASCII, no line break. */
  readonly delimiter: string;
  /** One character of ASCII, or null where quotes mean nothing. */
  readonly quote: string | null;
  /** What ends a line: "\n" with or without a "\r" before it, or "\r" alone. */
  readonly newLine: "\n" | "\r";
}

/** Spellings of null, with no white space at their ends. The empty string stands for an empty field without quotes. */
export interface CsvNulls {
  readonly texts: readonly string[];
  /** In columns of text too. The empty field is, if it is listed. */
  readonly inText: boolean;
}

/** Most spellings of null, and most bytes of one. */
export const CSV_NULLS_MAX = 16;
export const CSV_NULL_BYTES_MAX = 15;

/** What a reader is told of one column. */
export interface CsvColumn {
  readonly type: CsvColumnType;
  /** The type comes from a sample: values that do not fit it are noted instead of bad. */
  readonly isGuessed: boolean;
  /** Of a date or timestamp, as `parseDateFormat` takes it; null: ISO 8601. */
  readonly format: string | null;
}

/**
 * What a reader met that the guessed type of a column does not take: bits, as assembly/csv.as has them.
 */
export const SEEN = {
  /** Something that only text takes. */
  text: 1,
  /** In a column of int64: a number that is none, but is a float64. */
  decimal: 2,
  /** In a column of int64: an integer beyond 2^53. It fits, but float64 might not hold it. */
  large: 4,
  /** In a column of dates: one with a time. */
  time: 8,
} as const;

/**
 * The type that takes all that has been seen: nothing that was written is lost by it.
 * int64 becomes float64 only where that holds every integer of the column exactly; everything else becomes text.
 */
export const widenedType = (type: CsvColumnType, seen: number): CsvColumnType => {
  if ((seen & SEEN.text) !== 0) return "utf8";
  if ((seen & SEEN.decimal) !== 0) return (seen & SEEN.large) === 0 ? "float64" : "utf8";
  if ((seen & SEEN.time) !== 0) return "timestamp";
  return type;
};
