/**
 * Expressions in DuckDB's SQL. Where DuckDB means something else by a name, the translation says what we mean; it never leans
 * on the reference for values, only for types.
 */
import type { Call, Expression, FunctionName, Literal, PlanColumn, ValueType } from "@eau2/dataframe";
import { bind } from "../bind.js";
import { commonType, elementOf, isFloat, isInteger, isList, isNumeric } from "../types.js";

export interface Typed {
  readonly sql: string;
  readonly type: ValueType;
}

const SQL_TYPES: Readonly<Record<string, string>> = {
  boolean: "BOOLEAN",
  int8: "TINYINT",
  int16: "SMALLINT",
  int32: "INTEGER",
  int64: "BIGINT",
  float32: "FLOAT",
  float64: "DOUBLE",
  utf8: "VARCHAR",
  date: "DATE",
  timestamp: "TIMESTAMP",
};
export const sqlType = (type: ValueType): string =>
  isList(type) ? `${SQL_TYPES[elementOf(type)]}[]` : SQL_TYPES[type]!;

/** Names that differ in case alone are one name to DuckDB. */
export const quoteName = (name: string): string =>
  `"${name.replace(/[A-Z^]/g, (letter) => `^${letter}`).replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const as = (type: ValueType, sql: string): string => `CAST(${sql} AS ${sqlType(type)})`;

export const sqlExpression = (expression: Expression, columns: readonly PlanColumn[]): Typed => {
  const { type } = bind(expression, columns);
  return { type, sql: as(type, sqlOf(expression, columns)) };
};

const sqlOf = (expression: Expression, columns: readonly PlanColumn[]): string => {
  const inner = (other: Expression) => sqlExpression(other, columns);
  switch (expression.kind) {
    case "column":
      return quoteName(expression.name);
    case "literal":
      return sqlLiteral(expression);
    case "call":
      return FUNCTIONS[expression.name](expression.args.map(inner), expression);
    case "case": {
      const type = bind(expression, columns).type;
      const branches = expression.branches.map(
        ({ when, value }) => `WHEN ${inner(when).sql} THEN ${as(type, inner(value).sql)}`,
      );
      const last = expression.otherwise === null ? "NULL" : as(type, inner(expression.otherwise).sql);
      return `CASE ${branches.join(" ")} ELSE ${last} END`;
    }
    case "isIn": {
      const input = inner(expression.input);
      const typed = expression.values.filter(({ value }) => value !== null);
      const type = commonType([input.type, ...typed.map((value) => value.type)]);
      const members = expression.values.map((value) => as(type, sqlLiteral(value)));
      if (members.length === 0) return `CASE WHEN ${input.sql} IS NULL THEN NULL ELSE FALSE END`;
      return `${as(type, input.sql)} IN (${members.join(", ")})`;
    }
    case "cast":
      return sqlCast(inner(expression.input), expression.type, expression.onFailure);
    default:
      return expression satisfies never;
  }
};

const sqlLiteral = ({ type, value }: Literal): string => {
  if (value === null) return `CAST(NULL AS ${sqlType(type)})`;
  if (typeof value === "boolean") return String(value);
  if (type === "date") return `(DATE '1970-01-01' + to_days(${value}))::DATE`;
  if (type === "timestamp") return `make_timestamp(${value}::BIGINT)`;
  return `CAST(${quoteText(String(value))} AS ${sqlType(type)})`;
};

/** Floats go to the nearest even integer in DuckDB's casts, and half away from zero in its `round`; text too. */
const sqlCast = ({ sql, type }: Typed, to: ValueType, onFailure: "error" | "null"): string => {
  const cast = onFailure === "null" ? "TRY_CAST" : "CAST";
  if (isFloat(type) && isInteger(to)) return `${cast}(round(CAST(${sql} AS DOUBLE)) AS ${sqlType(to)})`;
  return `${cast}(${sql} AS ${sqlType(to)})`;
};

type Translate = (args: readonly Typed[], call: Call) => string;

const allAs = (type: ValueType, args: readonly Typed[]): string[] => args.map(({ sql }) => as(type, sql));
const common = (args: readonly Typed[]): string[] => allAs(commonType(args.map(({ type }) => type)), args);

/** Integers as int64, others as float64: DuckDB's own types would overflow earlier. */
const numbers = (args: readonly Typed[]): string[] =>
  allAs(args.every(({ type }) => isInteger(type)) ? "int64" : "float64", args);

const named =
  (name: string): Translate =>
  (args) =>
    `${name}(${args.map(({ sql }) => sql).join(", ")})`;
const ofNumbers =
  (name: string): Translate =>
  (args) =>
    `${name}(${numbers(args).join(", ")})`;
const between =
  (operator: string, operands: (args: readonly Typed[]) => string[]): Translate =>
  (args) =>
    `(${operands(args).join(` ${operator} `)})`;
/** DuckDB's `//` of floats keeps the fraction, and its `%` by zero is not null. */
const unlessZero =
  (operator: "//" | "%"): Translate =>
  (args) => {
    const [a, b] = numbers(args);
    const isOfFloats = !args.every(({ type }) => isInteger(type));
    const quotient = isOfFloats && operator === "//" ? `trunc(${a} / ${b})` : `${a} ${operator} ${b}`;
    return `CASE WHEN ${b} <> 0 THEN ${quotient} END`;
  };
const plain = (args: readonly Typed[]): string[] => args.map(({ sql }) => sql);

/** DuckDB refuses logarithms and roots of what has none. */
const logarithm =
  (name: string): Translate =>
  ([input]) => {
    const value = as("float64", input!.sql);
    return `CASE WHEN ${value} > 0 THEN ${name}(${value}) WHEN ${value} = 0 THEN '-Infinity'::DOUBLE WHEN ${value} < 0 THEN 'NaN'::DOUBLE END`;
  };

const position = (index: string, length: string): string =>
  `CASE WHEN ${index} < 0 THEN greatest(0, ${length} + ${index}) ELSE least(${index}, ${length}) END`;

const slice: Translate = ([input, start, end]) => {
  const length = `length(${input!.sql})`;
  const first = position(start!.sql, length);
  const last = end === undefined ? length : position(end.sql, length);
  return `substring(${input!.sql}, (${first}) + 1, greatest(0, (${last}) - (${first})))`;
};

const padded =
  (name: string): Translate =>
  ([input, length, fill]) =>
    `CASE WHEN ${fill!.sql} = '' OR length(${input!.sql}) >= ${length!.sql} THEN ${input!.sql} ELSE ${name}(${input!.sql}, CAST(${length!.sql} AS INTEGER), ${fill!.sql}) END`;

const constant = (expression: Expression | undefined): string =>
  expression?.kind === "literal" ? String(expression.value) : "";

/** RE2 knows no `u`: its characters are code points already. */
const regularExpression = ({ args }: Call, more = ""): string =>
  `${quoteText(constant(args[1]))}, ${quoteText(constant(args[2]).replace("u", "") + more)}`;

const matches: Translate = ([input], call) => `regexp_matches(${input!.sql}, ${regularExpression(call)})`;
const extract: Translate = ([input], call) => {
  const [pattern, flags] = [quoteText(constant(call.args[1])), quoteText(constant(call.args[2]).replace("u", ""))];
  const group = constant(call.args[3]);
  return `CASE WHEN regexp_matches(${input!.sql}, ${pattern}, ${flags}) THEN regexp_extract(${input!.sql}, ${pattern}, ${group}, ${flags}) END`;
};
const replaceMatches: Translate = ([input], { args }) => {
  const replacement = constant(args[3])
    .replaceAll("\\", "\\\\")
    .replace(/\$(\d)/g, "\\$1");
  const flags = `${constant(args[2]).replace("u", "")}g`;
  return `regexp_replace(${input!.sql}, ${quoteText(constant(args[1]))}, ${quoteText(replacement)}, ${quoteText(flags)})`;
};

const truncate: Translate = ([input], { args }) => {
  const unit = constant(args[1]);
  const isOfDay = ["hour", "minute", "second", "millisecond", "microsecond"].includes(unit);
  return input!.type === "date" && isOfDay ? input!.sql : `date_trunc('${unit}', ${input!.sql})`;
};

/** DuckDB counts whole weeks; ours begin on Mondays. */
const difference: Translate = ([, from, to], { args }) => {
  const unit = constant(args[0]);
  if (unit !== "week") return `date_diff('${unit}', ${common([from!, to!]).join(", ")})`;
  const [monday, otherMonday] = common([from!, to!]).map((moment) => `date_trunc('week', ${moment})`);
  return `date_diff('day', ${monday}, ${otherMonday}) // 7`;
};

const INTERVALS: Readonly<Record<string, string>> = {
  year: "to_years",
  quarter: "to_quarters",
  month: "to_months",
  week: "to_weeks",
  day: "to_days",
  hour: "to_hours",
  minute: "to_minutes",
  second: "to_seconds",
  millisecond: "to_milliseconds",
  microsecond: "to_microseconds",
};
const plus: Translate = ([input, count], { args }) => {
  const unit = constant(args[2]);
  const isOfDay = ["hour", "minute", "second", "millisecond", "microsecond"].includes(unit);
  return `(${input!.sql} + ${INTERVALS[unit]}(CAST(${count!.sql} AS ${isOfDay ? "BIGINT" : "INTEGER"})))`;
};

/** DuckDB's own overflows without a word on large integers. */
const round: Translate = ([input], { args }) => {
  const digits = Number(constant(args[1]) || 0);
  if (!isInteger(input!.type)) return `round(${as("float64", input!.sql)}, ${digits})`;
  if (digits >= 0) return as("int64", input!.sql);
  const value = `CAST(${input!.sql} AS HUGEINT)`;
  const scale = 10n ** BigInt(-digits);
  return `sign(${value}) * ((abs(${value}) + ${scale / 2n}) // ${scale}) * ${scale}`;
};

const FUNCTIONS: Record<FunctionName, Translate> = {
  add: between("+", numbers),
  subtract: between("-", numbers),
  multiply: between("*", numbers),
  divide: between("/", (args) => allAs("float64", args)),
  intDivide: unlessZero("//"),
  remainder: unlessZero("%"),
  negate: (args) => `(- ${numbers(args)[0]})`,
  abs: ofNumbers("abs"),
  sign: ofNumbers("sign"),
  round,
  floor: ofNumbers("floor"),
  ceil: ofNumbers("ceil"),
  trunc: ofNumbers("trunc"),
  sqrt: ([input]) =>
    `CASE WHEN ${as("float64", input!.sql)} < 0 THEN 'NaN'::DOUBLE ELSE sqrt(${as("float64", input!.sql)}) END`,
  exp: ofNumbers("exp"),
  ln: logarithm("ln"),
  log2: logarithm("log2"),
  log10: logarithm("log10"),
  power: (args) => `power(${allAs("float64", args).join(", ")})`,
  isNaN: ([input]) => `isnan(${as("float64", input!.sql)})`,
  isFinite: ([input]) => `isfinite(${as("float64", input!.sql)})`,
  eq: between("=", common),
  ne: between("<>", common),
  lt: between("<", common),
  le: between("<=", common),
  gt: between(">", common),
  ge: between(">=", common),
  least: (args) => `least(${common(args).join(", ")})`,
  greatest: (args) => `greatest(${common(args).join(", ")})`,
  and: between("AND", plain),
  or: between("OR", plain),
  not: ([input]) => `(NOT ${input!.sql})`,
  isNull: ([input]) => `(${input!.sql} IS NULL)`,
  isNotNull: ([input]) => `(${input!.sql} IS NOT NULL)`,
  coalesce: (args) => `coalesce(${common(args).join(", ")})`,
  nullIf: (args) => `CASE WHEN ${common(args).join(" = ")} THEN NULL ELSE ${args[0]!.sql} END`,
  length: named("length"),
  byteLength: named("strlen"),
  lower: named("lower"),
  upper: named("upper"),
  trim: named("trim"),
  trimStart: named("ltrim"),
  trimEnd: named("rtrim"),
  slice,
  contains: named("contains"),
  startsWith: named("starts_with"),
  endsWith: named("ends_with"),
  replace: named("replace"),
  matches,
  extract,
  replaceMatches,
  split: named("string_split"),
  concat: between("||", plain),
  padStart: padded("lpad"),
  padEnd: padded("rpad"),
  year: named("year"),
  quarter: named("quarter"),
  month: named("month"),
  day: named("day"),
  dayOfYear: named("dayofyear"),
  dayOfWeek: named("dayofweek"),
  week: named("weekofyear"),
  hour: named("hour"),
  minute: named("minute"),
  second: named("second"),
  microsecond: ([input]) => `(microsecond(${input!.sql}) % 1000000)`,
  truncate,
  difference,
  plus,
  makeDate: named("make_date"),
  listLength: named("len"),
  listGet: ([list, index]) => `${list!.sql}[CASE WHEN ${index!.sql} < 0 THEN ${index!.sql} ELSE ${index!.sql} + 1 END]`,
  listContains: ([list, value]) => {
    const element = elementOf(list!.type);
    const type = isNumeric(element) ? commonType([element, value!.type]) : element;
    return `list_contains(CAST(${list!.sql} AS ${sqlType(type)}[]), ${as(type, value!.sql)})`;
  },
};
