/** Parts of dates and timestamps, beginnings of units, and steps: days and microseconds, before 1970 too. */
import {
  dayOfMonth,
  dayOfWeek,
  dayOfYear,
  daysOfCalendarDate,
  monthOfDays,
  monthsOfDays,
  plusMonths,
  quarterOfDays,
  startOfMonth,
  startOfQuarter,
  startOfWeek,
  startOfYear,
  weekOfYear,
  yearOfDays,
} from "../calendar/date-parts.js";
import { DAY_MICROS } from "../calendar/dates.js";
import type { Call, Expression } from "../expression/expression.js";
import type { DateUnit } from "../expression/functions.js";
import { asTimestamp } from "./emit-comparison.js";
import type { FailureSite, Loop } from "./loop.js";
import { anyNull, asBigint, asNumber, bigintOperand, integerOperand, type Operand, SAFE_MAX } from "./operand.js";

type OfDays = (days: number) => number;

/** Parts of a day, with their bounds. */
const DAY_PARTS: Readonly<Record<string, readonly [part: OfDays, low: number, high: number]>> = {
  year: [yearOfDays, -6_000_000, 6_000_000],
  quarter: [quarterOfDays, 1, 4],
  month: [monthOfDays, 1, 12],
  day: [dayOfMonth, 1, 31],
  dayOfYear: [dayOfYear, 1, 366],
  dayOfWeek: [dayOfWeek, 0, 6],
  week: [weekOfYear, 1, 53],
};

/** Parts of the time of day: how many microseconds one is, and after how many it begins again. */
const TIME_PARTS: Readonly<Record<string, readonly [micros: number, count: number]>> = {
  hour: [3_600_000_000, 24],
  minute: [60_000_000, 60],
  second: [1_000_000, 60],
  microsecond: [1, 1_000_000],
};

/** Microseconds of units that divide a day. */
const UNIT_MICROS: Readonly<Partial<Record<DateUnit, number>>> = {
  hour: 3_600_000_000,
  minute: 60_000_000,
  second: 1_000_000,
  millisecond: 1_000,
  microsecond: 1,
};

const STARTS: Readonly<Partial<Record<DateUnit, OfDays>>> = {
  year: startOfYear,
  quarter: startOfQuarter,
  month: startOfMonth,
  week: startOfWeek,
};

const UNIT_MONTHS: Readonly<Partial<Record<DateUnit, number>>> = { year: 12, quarter: 3, month: 1 };

const unitOf = (expression: Expression): DateUnit => {
  if (expression.kind === "literal") return expression.value as DateUnit;
  throw new Error("invariant: a unit is a constant");
};

const invalid = (expression: Call): FailureSite => ({ code: "DATE_INVALID", expression });

const call = (loop: Loop, of: (...values: number[]) => number, ...values: readonly string[]): string =>
  `${loop.parameter("of", of)}(${values.join(", ")})`;

/** The day of a date or timestamp, and the microseconds since its midnight. */
const split = (loop: Loop, { type, kind, value }: Operand): { readonly days: string; readonly micros: string } => {
  if (type === "date") return { days: value, micros: "0" };
  if (kind === "number") {
    const days = loop.let(`Math.floor(${value} / ${DAY_MICROS})`);
    return { days, micros: loop.let(`${value} - ${days} * ${DAY_MICROS}`) };
  }
  const rest = loop.let(`${value} % ${DAY_MICROS}n`);
  const micros = loop.let(`Number(${rest}) + (${rest} < 0n ? ${DAY_MICROS} : 0)`);
  return { days: loop.let(`Number((${value} - BigInt(${micros})) / ${DAY_MICROS}n)`), micros };
};

const emitPart = (loop: Loop, name: string, date: Operand): Operand | undefined => {
  const ofDay = DAY_PARTS[name];
  if (ofDay !== undefined) {
    const [part, low, high] = ofDay;
    return integerOperand(loop.let(call(loop, part, split(loop, date).days)), date.isNull, low, high);
  }
  const ofTime = TIME_PARTS[name];
  if (ofTime === undefined) return undefined;
  const [unit, count] = ofTime;
  const { micros } = split(loop, date);
  return integerOperand(loop.let(`Math.floor(${micros} / ${unit}) % ${count}`), date.isNull, 0, count - 1);
};

/** The last day of which an int64 has some microseconds. */
const TIMESTAMP_DAYS_MAX = 106_751_992;

/** A date of `days`, which must be in its range. */
const dateOf = (loop: Loop, days: string, isNull: string | undefined, site: FailureSite): Operand => {
  const value = loop.let(days);
  loop.failIf(`!(${value} >= -${2 ** 31} && ${value} < ${2 ** 31})`, isNull, site);
  return integerOperand(value, isNull, -(2 ** 31), 2 ** 31 - 1, "date");
};

/** A timestamp of `days` and `micros`, which must be in its range. */
const timestampOf = (
  loop: Loop,
  days: string,
  micros: string,
  isNull: string | undefined,
  site: FailureSite,
): Operand => {
  const day = loop.let(days);
  loop.failIf(`!(${day} >= -${TIMESTAMP_DAYS_MAX} && ${day} <= ${TIMESTAMP_DAYS_MAX})`, isNull, site);
  if (!loop.isExact) {
    const value = loop.let(`${day} * ${DAY_MICROS} + ${micros}`);
    loop.assertSafe(value, isNull);
    return integerOperand(value, isNull, -SAFE_MAX, SAFE_MAX, "timestamp");
  }
  const exact = `BigInt(${day}) * ${DAY_MICROS}n + BigInt(${micros})`;
  return checkedTimestamp(loop, isNull === undefined ? exact : `${isNull} ? 0n : ${exact}`, isNull, site);
};

const checkedTimestamp = (loop: Loop, source: string, isNull: string | undefined, site: FailureSite): Operand => {
  const value = loop.let(source);
  loop.failIf(`BigInt.asIntN(64, ${value}) !== ${value}`, isNull, site);
  return bigintOperand(value, isNull, "timestamp");
};

const emitTruncate = (loop: Loop, expression: Call, date: Operand): Operand => {
  const unit = unitOf(expression.args[1]!);
  const { isNull } = date;
  const unitMicros = UNIT_MICROS[unit];
  const start = STARTS[unit];
  if (date.type === "date") {
    return start === undefined ? date : dateOf(loop, call(loop, start, date.value), isNull, invalid(expression));
  }
  const { days, micros } = split(loop, date);
  const rest = unitMicros === undefined ? "0" : loop.let(`${micros} - ${micros} % ${unitMicros}`);
  return timestampOf(loop, start === undefined ? days : call(loop, start, days), rest, isNull, invalid(expression));
};

const COUNTED: Readonly<Partial<Record<DateUnit, (loop: Loop, days: string) => string>>> = {
  year: (loop, days) => call(loop, yearOfDays, days),
  quarter: (loop, days) => `Math.floor(${call(loop, monthsOfDays, days)} / 3)`,
  month: (loop, days) => call(loop, monthsOfDays, days),
  // Day 0 is a Thursday.
  week: (loop, days) => `(${call(loop, startOfWeek, days)} + 3) / 7`,
  day: (_, days) => days,
};

/** How many units begin after the one of `from`, until the one of `to`. */
const emitDifference = (loop: Loop, expression: Call, from: Operand, to: Operand): Operand => {
  const unit = unitOf(expression.args[0]!);
  const isNull = anyNull(from, to);
  const counted = COUNTED[unit];
  if (counted !== undefined) {
    const [first, last] = [from, to].map((date) => counted(loop, split(loop, date).days));
    const limit = 2 ** 33;
    return integerOperand(loop.let(`${last} - ${first}`), isNull, -limit, limit);
  }
  const micros = UNIT_MICROS[unit]!;
  const [first, last] = [asTimestamp(from), asTimestamp(to)];
  if (first.kind === "number" && last.kind === "number") {
    const value = loop.let(`Math.floor(${last.value} / ${micros}) - Math.floor(${first.value} / ${micros})`);
    if (micros === 1 && !loop.isExact) loop.assertSafe(value, isNull);
    if (micros > 1 || !loop.isExact) return integerOperand(value, isNull, -SAFE_MAX, SAFE_MAX);
  }
  const floored = (operand: Operand): string => {
    const value = loop.let(asBigint(operand));
    return `(${value} / ${micros}n - (${value} % ${micros}n < 0n ? 1n : 0n))`;
  };
  const value = loop.let(`${floored(last)} - ${floored(first)}`);
  loop.failIf(`BigInt.asIntN(64, ${value}) !== ${value}`, isNull, { code: "INT64_OVERFLOW", expression });
  return bigintOperand(value, isNull);
};

const emitPlus = (loop: Loop, expression: Call, date: Operand, count: Operand): Operand => {
  const unit = unitOf(expression.args[2]!);
  const isNull = anyNull(date, count);
  const site = invalid(expression);
  const unitMicros = UNIT_MICROS[unit];
  if (unitMicros === undefined) {
    // Counts that are not exact as numbers lead out of every range.
    const steps = loop.let(asNumber(count));
    const { days, micros } = split(loop, date);
    const months = UNIT_MONTHS[unit];
    const moved =
      months === undefined
        ? `${days} + ${steps} * ${unit === "week" ? 7 : 1}`
        : call(loop, plusMonths, days, `${steps} * ${months}`);
    return date.type === "date" ? dateOf(loop, moved, isNull, site) : timestampOf(loop, moved, micros, isNull, site);
  }
  if (date.kind === "number" && count.kind === "number" && !loop.isExact) {
    const step = loop.let(`${count.value} * ${unitMicros}`);
    loop.assertSafe(step, isNull);
    const value = loop.let(`${date.value} + ${step}`);
    loop.assertSafe(value, isNull);
    return integerOperand(value, isNull, -SAFE_MAX, SAFE_MAX, "timestamp");
  }
  return checkedTimestamp(loop, `${asBigint(date)} + ${asBigint(count)} * ${unitMicros}n`, isNull, site);
};

/** The date of a year, month and day that the calendar has. */
const emitMakeDate = (loop: Loop, expression: Call, parts: readonly Operand[]): Operand =>
  dateOf(loop, call(loop, daysOfCalendarDate, ...parts.map(asNumber)), anyNull(...parts), invalid(expression));

/** Undefined for functions of other families. Units are constants and not emitted. */
export const emitDate = (
  loop: Loop,
  expression: Call,
  emit: (argument: Expression) => Operand,
): Operand | undefined => {
  const { name, args } = expression;
  switch (name) {
    case "truncate":
      return emitTruncate(loop, expression, emit(args[0]!));
    case "difference":
      return emitDifference(loop, expression, emit(args[1]!), emit(args[2]!));
    case "plus":
      return emitPlus(loop, expression, emit(args[0]!), emit(args[1]!));
    case "makeDate":
      return emitMakeDate(loop, expression, args.map(emit));
    default:
      return name in DAY_PARTS || name in TIME_PARTS ? emitPart(loop, name, emit(args[0]!)) : undefined;
  }
};
