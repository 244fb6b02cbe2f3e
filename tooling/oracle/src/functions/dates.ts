/** Dates and timestamps, both UTC. */
import type { DateUnit, ValueType } from "@eau2/dataframe";
import {
  civilOf,
  DAY_MICROS,
  daysOf,
  daysOfMicros,
  daysOfMonth,
  floorDivide,
  microsOfDays,
  weekdayOf,
} from "../civil.js";
import { checkedDays, checkedInt64, checkedMicros, Failure } from "../failure.js";
import { type FunctionOfRow, literalText, strict } from "./function-table.js";

/** Units that have a fixed length, in microseconds; weeks are counted from a Monday. */
const TIME_MICROS = {
  day: DAY_MICROS,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
  millisecond: 1000n,
  microsecond: 1n,
};
const isTime = (unit: DateUnit): unit is keyof typeof TIME_MICROS => unit in TIME_MICROS;

const daysAt = (type: ValueType, value: bigint): number => Number(type === "date" ? value : daysOfMicros(value));
/** Not checked: a date may be further away than timestamps reach. */
const microsAt = (type: ValueType, value: bigint): bigint => (type === "date" ? value * DAY_MICROS : value);
const microsOfDay = (type: ValueType, value: bigint): bigint =>
  type === "date" ? 0n : value - daysOfMicros(value) * DAY_MICROS;

const ofDays =
  (part: (days: number) => number): FunctionOfRow =>
  ([input]) =>
    strict("int64", [input!], (value) => BigInt(part(daysAt(input!.type, value as bigint))));

const ofTime =
  (part: (micros: bigint) => bigint): FunctionOfRow =>
  ([input]) =>
    strict("int64", [input!], (value) => part(microsOfDay(input!.type, value as bigint)));

const quarterOf = (month: number): number => Math.ceil(month / 3);
const dayOfYear = (days: number): number => days - daysOf({ year: civilOf(days).year, month: 1, day: 1 }) + 1;

/** A week belongs to the year of its Thursday. */
const isoWeek = (days: number): number => Math.ceil(dayOfYear(days - weekdayOf(days) + 3) / 7);

const firstDay = (unit: DateUnit, days: number): number => {
  const { year, month } = civilOf(days);
  switch (unit) {
    case "year":
      return daysOf({ year, month: 1, day: 1 });
    case "quarter":
      return daysOf({ year, month: 3 * quarterOf(month) - 2, day: 1 });
    case "month":
      return daysOf({ year, month, day: 1 });
    case "week":
      return days - weekdayOf(days);
    default:
      return days;
  }
};

const unitOf = (expression: Parameters<typeof literalText>[0]): DateUnit => literalText(expression) as DateUnit;

const truncate: FunctionOfRow = ([input], [, unitLiteral]) => {
  const unit = unitOf(unitLiteral);
  const { type } = input!;
  return strict(type, [input!], (given) => {
    const value = given as bigint;
    if (type === "timestamp" && isTime(unit))
      return checkedMicros(floorDivide(value, TIME_MICROS[unit]) * TIME_MICROS[unit]);
    const days = BigInt(firstDay(unit, daysAt(type, value)));
    return type === "date" ? days : microsOfDays(days);
  });
};

/** How many units lie before a moment, counted from a fixed one. */
const unitsBefore = (unit: DateUnit, type: ValueType, value: bigint): bigint => {
  if (isTime(unit)) return floorDivide(microsAt(type, value), TIME_MICROS[unit]);
  const days = daysAt(type, value);
  const { year, month } = civilOf(days);
  const counts = {
    year,
    quarter: year * 4 + quarterOf(month),
    month: year * 12 + month,
    week: (days - weekdayOf(days) + 3) / 7,
  };
  return BigInt(counts[unit]);
};

const difference: FunctionOfRow = ([, from, to], [unitLiteral]) => {
  const unit = unitOf(unitLiteral);
  return strict("int64", [from!, to!], (a, b) =>
    checkedInt64(
      unitsBefore(unit, to!.type, b as bigint) - unitsBefore(unit, from!.type, a as bigint),
      `difference in ${unit}s`,
    ),
  );
};

const MONTHS = { year: 12, quarter: 3, month: 1 };

const addMonths = (days: number, count: number): number => {
  const { year, month, day } = civilOf(days);
  const months = year * 12 + month - 1 + count;
  const target = { year: Math.floor(months / 12), month: (((months % 12) + 12) % 12) + 1 };
  return daysOf({ ...target, day: Math.min(day, daysOfMonth(target.year, target.month)) });
};

const plus: FunctionOfRow = ([input, count], [, , unitLiteral]) => {
  const unit = unitOf(unitLiteral);
  const { type } = input!;
  return strict(type, [input!, count!], (value, by) => {
    const moved = move(unit, microsAt(type, value as bigint), by as bigint);
    return type === "date" ? checkedDays(daysOfMicros(moved)) : checkedMicros(moved);
  });
};

const move = (unit: DateUnit, micros: bigint, count: bigint): bigint => {
  if (unit === "week") return micros + 7n * count * DAY_MICROS;
  if (isTime(unit)) return micros + count * TIME_MICROS[unit];
  const days = daysOfMicros(micros);
  const moved = addMonths(Number(days), Number(count) * MONTHS[unit]);
  return BigInt(moved) * DAY_MICROS + (micros - days * DAY_MICROS);
};

const makeDate: FunctionOfRow = (args) =>
  strict("date", args, (...values) => {
    const [year, month, day] = values.map(Number) as [number, number, number];
    if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month))
      throw new Failure("DATE_INVALID", `there is no date ${year}-${month}-${day}`);
    return BigInt(daysOf({ year, month, day }));
  });

export const DATES = {
  year: ofDays((days) => civilOf(days).year),
  quarter: ofDays((days) => quarterOf(civilOf(days).month)),
  month: ofDays((days) => civilOf(days).month),
  day: ofDays((days) => civilOf(days).day),
  dayOfYear: ofDays(dayOfYear),
  dayOfWeek: ofDays((days) => (weekdayOf(days) + 1) % 7),
  week: ofDays(isoWeek),
  hour: ofTime((micros) => micros / TIME_MICROS.hour),
  minute: ofTime((micros) => (micros / TIME_MICROS.minute) % 60n),
  second: ofTime((micros) => (micros / TIME_MICROS.second) % 60n),
  microsecond: ofTime((micros) => micros % 1_000_000n),
  truncate,
  difference,
  plus,
  makeDate,
};
