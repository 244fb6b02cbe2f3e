/** What a reader of CSV is told: the dialect, nulls and columns of a file. */
import { z } from "zod";
import { ROW_COLUMN_TYPES, type RowColumnType } from "../kernels/row-kernel-types.js";

/** Types that a column of CSV may have. */
export const CSV_COLUMN_TYPES = ROW_COLUMN_TYPES;
export type CsvColumnType = RowColumnType;

const isAscii = (text: string): boolean => text.length === 1 && text.charCodeAt(0) < 128 && !"\n\r\0".includes(text);
const Character = z.string().refine(isAscii, "one character of ASCII that is no line break");

/** How bytes are cut into rows and fields. */
export const CsvDialect = z.strictObject({
  delimiter: Character,
  /** Null where quotes mean nothing. */
  quote: Character.nullable(),
  /** What ends a line: "\n" with or without a "\r" before it, or "\r" alone. */
  newLine: z.enum(["\n", "\r"]),
});
export type CsvDialect = z.infer<typeof CsvDialect>;

/** Most spellings of null, and most bytes of one. */
const CSV_NULLS_MAX = 16;
const CSV_NULL_BYTES_MAX = 15;

const ENCODER = new TextEncoder();
const NullText = z
  .string()
  .refine((text) => ENCODER.encode(text).length <= CSV_NULL_BYTES_MAX, `at most ${CSV_NULL_BYTES_MAX} bytes`);

/** Spellings of null, with no white space at their ends. The empty string stands for an empty field without quotes. */
export const CsvNulls = z.strictObject({
  texts: z.array(NullText).max(CSV_NULLS_MAX),
  /** In columns of text too. The empty field is, if it is listed. */
  inText: z.boolean(),
});
export type CsvNulls = z.infer<typeof CsvNulls>;

/** What a reader is told of one column. */
export const CsvColumn = z.strictObject({
  type: z.enum(CSV_COLUMN_TYPES),
  /** The type comes from a sample: values that do not fit it are noted instead of bad. */
  isGuessed: z.boolean(),
  /** Of a date or timestamp, as `dateProgram` takes it; null: ISO 8601. */
  format: z.string().nullable(),
});
export type CsvColumn = z.infer<typeof CsvColumn>;

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
