/** Which types take a value of CSV: for samples, and what the kernel's tests compare it to. Text is without spaces at its ends. */
import type { CsvColumnType } from "./csv-types.js";
import { formatHasTime, formattedMicros, isIsoDate, isoMicros } from "./date-format.js";

const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NAMED_FLOAT = /^(?:[+-]?inf(?:inity)?|[+-]?nan)$/i;
const LEADING_ZERO = /^[+-]?0\d/;
const BOOLEAN = /^(?:true|false)$/i;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** So many digits are an int64, and a float64, whatever they are. */
const SURE_DIGITS = 15;

/** The integer that a sign and digits are: `BigInt` refuses a "+". */
export const integerOf = (text: string): bigint => {
  const magnitude = BigInt(text.replace(/^[+-]/, ""));
  return text.startsWith("-") ? -magnitude : magnitude;
};

export const isInteger = (text: string): boolean => INTEGER.test(text);

const isInt64 = (text: string): boolean => {
  if (!INTEGER.test(text)) return false;
  if (text.length <= SURE_DIGITS) return true;
  const value = integerOf(text);
  return value >= INT64_MIN && value <= INT64_MAX;
};

/** Whether float64 holds an integer exactly, for sure. */
const isExactFloat = (text: string): boolean => {
  if (text.length <= SURE_DIGITS) return true;
  const value = integerOf(text);
  return value <= 2n ** 53n && value >= -(2n ** 53n);
};

/** What `Number` makes of a float64; undefined for text that is none. */
export const floatOf = (text: string): number | undefined => {
  if (FLOAT.test(text)) return Number(text);
  if (!NAMED_FLOAT.test(text)) return undefined;
  if (/nan/i.test(text)) return Number.NaN;
  return text.startsWith("-") ? -Infinity : Infinity;
};

/** Whether a number cannot be told from its text again: then it is no number unless somebody says so. */
const losesText = (text: string): boolean => LEADING_ZERO.test(text) || (INTEGER.test(text) && !isExactFloat(text));

/**
 * Whether a column of a type takes a value.
 * @param isGuessed - only if nothing of the text is lost.
 * @param format - of dates and timestamps; null: ISO 8601.
 */
export const takesValue = (type: CsvColumnType, text: string, isGuessed: boolean, format: string | null): boolean => {
  switch (type) {
    case "boolean":
      return BOOLEAN.test(text) || (!isGuessed && /^[01]$/.test(text));
    case "int64":
      return isInt64(text) && !(isGuessed && (LEADING_ZERO.test(text) || text === "-0"));
    case "float64":
      return floatOf(text) !== undefined && !(isGuessed && losesText(text));
    case "date":
      return format === null ? isIsoDate(text) : formattedMicros(text, format) !== undefined;
    case "timestamp":
      return (format === null ? isoMicros(text) : formattedMicros(text, format)) !== undefined;
    case "utf8":
      return true;
    default:
      return type satisfies never;
  }
};

/** A type that a column may have, and the format of its dates. */
export interface TypeCandidate {
  readonly type: CsvColumnType;
  readonly format: string | null;
}

const DATES = [
  "%d/%m/%Y",
  "%m/%d/%Y",
  "%Y/%m/%d",
  "%d.%m.%Y",
  "%d-%m-%Y",
  "%m-%d-%Y",
  "%d/%m/%y",
  "%m/%d/%y",
  "%d.%m.%y",
  "%b %d %Y",
  "%b %d, %Y",
  "%d %b %Y",
  "%d-%b-%Y",
  "%d-%b-%y",
];
const TIMES = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%H:%M %p", "%H:%M:%S %p"];

const FORMATS = [...DATES, ...DATES.flatMap((date) => TIMES.map((time) => `${date} ${time}`))];

const candidateOf = (format: string): TypeCandidate => ({ type: formatHasTime(format) ? "timestamp" : "date", format });

/** In the order in which they are preferred. @param dateFormat - the only one but ISO 8601; undefined: all that are known. */
export const typeCandidates = (dateFormat: string | undefined): readonly TypeCandidate[] => [
  ...(["boolean", "int64", "float64", "date", "timestamp"] as const).map((type) => ({ type, format: null })),
  ...(dateFormat === undefined ? FORMATS : [dateFormat]).map(candidateOf),
];
