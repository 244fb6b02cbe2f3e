/** The functions of expressions by the names that stand in plans: API, like error codes. Grouped by what they work on. */

/** Numbers. `/` is float division; `intDivide` truncates toward zero; both integer forms give null by zero. */
const ARITHMETIC = [
  "add",
  "subtract",
  "multiply",
  "divide",
  "intDivide",
  "remainder",
  "negate",
  "abs",
  "sign",
  /** (x, digits?): half away from zero; digits is a literal. */
  "round",
  "floor",
  "ceil",
  "trunc",
  "sqrt",
  "exp",
  "ln",
  "log2",
  "log10",
  "power",
  "isNaN",
  "isFinite",
] as const;

/** Any type with itself; numbers with each other. `least` and `greatest` skip nulls. */
const COMPARISON = ["eq", "ne", "lt", "le", "gt", "ge", "least", "greatest"] as const;

/** Three-valued. `and` and `or` take two or more. */
const BOOLEAN = ["and", "or", "not"] as const;

const NULLS = ["isNull", "isNotNull", "coalesce", "nullIf"] as const;

/** utf8. Positions and lengths count code points. */
const TEXT = [
  "length",
  "byteLength",
  "lower",
  "upper",
  "trim",
  "trimStart",
  "trimEnd",
  /** (text, start, end?): from 0, negative from the end, as JavaScript's. */
  "slice",
  "contains",
  "startsWith",
  "endsWith",
  /** (text, search, replacement): every occurrence. */
  "replace",
  /** (text, pattern, flags): a regular expression; the latter two are literals, here and below. */
  "matches",
  /** (text, pattern, flags, group): null where it does not match. */
  "extract",
  /** (text, pattern, flags, replacement): every match; `$1` as in JavaScript. */
  "replaceMatches",
  /** (text, separator): list<utf8>. */
  "split",
  /** Two or more; null if one is. */
  "concat",
  /** (text, length, fill). */
  "padStart",
  "padEnd",
] as const;

/** date and timestamp. Units are literals of {@link DATE_UNITS}. */
const DATES = [
  "year",
  "quarter",
  "month",
  "day",
  "dayOfYear",
  /** From Sunday = 0. */
  "dayOfWeek",
  /** ISO 8601: weeks begin on Monday. */
  "week",
  "hour",
  "minute",
  "second",
  /** Of the second, with its fraction: 0 to 999,999. */
  "microsecond",
  /** (date, unit): the beginning of the unit. A date stays one, a timestamp too. */
  "truncate",
  /** (unit, from, to): how many boundaries of the unit lie between, as `date_diff`. */
  "difference",
  /** (date, count, unit): months and years clip to the last day. */
  "plus",
  "makeDate",
] as const;

const LISTS = ["listLength", "listGet", "listContains"] as const;

export const FUNCTION_NAMES = [
  ...ARITHMETIC,
  ...COMPARISON,
  ...BOOLEAN,
  ...NULLS,
  ...TEXT,
  ...DATES,
  ...LISTS,
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

export const DATE_UNITS = [
  "year",
  "quarter",
  "month",
  "week",
  "day",
  "hour",
  "minute",
  "second",
  "millisecond",
  "microsecond",
] as const;
export type DateUnit = (typeof DATE_UNITS)[number];
