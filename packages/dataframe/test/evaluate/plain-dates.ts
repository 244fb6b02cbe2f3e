/** Functions of dates through JavaScript's `Date`, in bigints. */
import type { ValueType } from "../../src/expression/expression.js";
import { PlainFailure, type PlainValue } from "./plain-interpreter.js";

const DAY = 86_400_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  day: DAY,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
  millisecond: 1000n,
  microsecond: 1n,
};
const MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

const floorDivide = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by;

/** 400 years, after which the calendar is the same again. */
const ERA_DAYS = 146_097n;

export interface PlainDay {
  readonly year: bigint;
  /** From 0. */
  readonly month: number;
  readonly day: number;
}

/** Through a `Date` of the years after 1970. */
export const plainDay = (days: bigint): PlainDay => {
  const era = floorDivide(days, ERA_DAYS);
  const date = new Date(Number(days - era * ERA_DAYS) * 86_400_000);
  return { year: BigInt(date.getUTCFullYear()) + era * 400n, month: date.getUTCMonth(), day: date.getUTCDate() };
};

const dayOf = (year: bigint, month: number, day: number): bigint => {
  const era = floorDivide(year - 1970n, 400n);
  return BigInt(Date.UTC(Number(year - era * 400n), month, day) / 86_400_000) + era * ERA_DAYS;
};

/** The Monday of a week, whose number counts from that of 1970-01-01. */
const weekNumber = (day: bigint): bigint => floorDivide(day + 3n, 7n);

const startDay = (day: bigint, unit: string): bigint => {
  const { year, month } = plainDay(day);
  switch (unit) {
    case "year":
      return dayOf(year, 0, 1);
    case "quarter":
      return dayOf(year, month - (month % 3), 1);
    case "month":
      return dayOf(year, month, 1);
    case "week":
      return weekNumber(day) * 7n - 3n;
    default:
      return day;
  }
};

const isoWeek = (day: bigint): bigint => {
  const thursday = weekNumber(day) * 7n;
  const first = dayOf(plainDay(thursday).year, 0, 1);
  return (thursday - first) / 7n + 1n;
};

const checkedDay = (day: bigint): bigint => {
  if (BigInt.asIntN(32, day) !== day) throw new PlainFailure("DATE_INVALID");
  return day;
};

const checkedMicros = (micros: bigint): bigint => {
  if (BigInt.asIntN(64, micros) !== micros) throw new PlainFailure("DATE_INVALID");
  return micros;
};

const plusMonths = (days: bigint, count: bigint): bigint => {
  const { year, month, day } = plainDay(days);
  const months = year * 12n + BigInt(month) + count;
  const target = floorDivide(months, 12n);
  const ofYear = Number(months - target * 12n);
  const last = Number(dayOf(target, ofYear + 1, 1) - dayOf(target, ofYear, 1));
  return dayOf(target, ofYear, Math.min(day, last));
};

/** Undefined for functions that are not of dates. */
export const plainDates = (
  name: string,
  values: readonly PlainValue[],
  types: readonly ValueType[],
): PlainValue | undefined => {
  const dayAt = (index: number): bigint =>
    types[index] === "date" ? (values[index] as bigint) : floorDivide(values[index] as bigint, DAY);
  const microsAt = (index: number): bigint =>
    types[index] === "date" ? (values[index] as bigint) * DAY : (values[index] as bigint);
  const ofDay = (): bigint => microsAt(0) - dayAt(0) * DAY;
  const isDate = types[0] === "date";
  switch (name) {
    case "year":
      return plainDay(dayAt(0)).year;
    case "quarter":
      return BigInt(Math.floor(plainDay(dayAt(0)).month / 3) + 1);
    case "month":
      return BigInt(plainDay(dayAt(0)).month + 1);
    case "day":
      return BigInt(plainDay(dayAt(0)).day);
    case "dayOfYear":
      return dayAt(0) - startDay(dayAt(0), "year") + 1n;
    case "dayOfWeek":
      return (((dayAt(0) + 4n) % 7n) + 7n) % 7n;
    case "week":
      return isoWeek(dayAt(0));
    case "hour":
      return ofDay() / UNITS.hour!;
    case "minute":
      return (ofDay() / UNITS.minute!) % 60n;
    case "second":
      return (ofDay() / UNITS.second!) % 60n;
    case "microsecond":
      return ofDay() % 1_000_000n;
    case "truncate": {
      const unit = String(values[1]);
      if (UNITS[unit] !== undefined) {
        const micros = floorDivide(microsAt(0), UNITS[unit]) * UNITS[unit];
        return isDate ? micros / DAY : checkedMicros(micros);
      }
      const day = startDay(dayAt(0), unit);
      return isDate ? checkedDay(day) : checkedMicros(day * DAY);
    }
    case "difference": {
      const unit = String(values[0]);
      if (UNITS[unit] !== undefined && unit !== "day") {
        const count = floorDivide(microsAt(2), UNITS[unit]) - floorDivide(microsAt(1), UNITS[unit]);
        if (BigInt.asIntN(64, count) !== count) throw new PlainFailure("INT64_OVERFLOW");
        return count;
      }
      if (unit === "day") return dayAt(2) - dayAt(1);
      if (unit === "week") return weekNumber(dayAt(2)) - weekNumber(dayAt(1));
      const size = BigInt(MONTHS[unit]!);
      const countOf = (day: bigint): bigint =>
        floorDivide(plainDay(day).year * 12n + BigInt(plainDay(day).month), size);
      return countOf(dayAt(2)) - countOf(dayAt(1));
    }
    case "plus": {
      const unit = String(values[2]);
      const count = values[1] as bigint;
      const months = MONTHS[unit];
      if (months !== undefined) {
        const day = plusMonths(dayAt(0), count * BigInt(months));
        return isDate ? checkedDay(day) : checkedMicros(day * DAY + ofDay());
      }
      const micros = microsAt(0) + count * (unit === "week" ? 7n * DAY : UNITS[unit]!);
      return isDate ? checkedDay(micros / DAY) : checkedMicros(micros);
    }
    case "makeDate": {
      const [year, month, day] = values as readonly bigint[];
      if (month! < 1n || month! > 12n || day! < 1n || day! > 31n) throw new PlainFailure("DATE_INVALID");
      const made = dayOf(year!, Number(month) - 1, Number(day));
      if (plainDay(made).day !== Number(day)) throw new PlainFailure("DATE_INVALID");
      return checkedDay(made);
    }
    default:
      return undefined;
  }
};
