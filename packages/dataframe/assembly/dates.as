/**
 * Text to dates (days since 1970-01-01) and timestamps (microseconds since then), proleptic Gregorian, UTC.
 *
 * ISO 8601 has loops of its own; other formats are programs of one byte a step, which src/csv/date-format.ts writes.
 */
import { powerOfTen } from "./digits";

const PLUS: u32 = 43;
const MINUS: u32 = 45;
const DOT: u32 = 46;
const ZERO: u32 = 48;
const COLON: u32 = 58;
const SPACE: u32 = 32;
const UPPER_T: u32 = 84;
const UPPER_Z: u32 = 90;
const LOWER_M: u32 = 109;
const LOWER_P: u32 = 112;
const CASE_BIT: u32 = 32;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
const ISO_DATE_BYTES: u32 = 10;

/** Steps of a program; a byte of 32 or more stands for itself, 0 ends it. */
const enum Step {
  End = 0,
  /** Four digits. */
  Year = 1,
  /** Two digits: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068. */
  ShortYear = 2,
  /** One or two digits; so are day, hour, minute and second. */
  Month = 3,
  /** Three letters, in any case. */
  MonthName = 4,
  Day = 5,
  Hour = 6,
  Minute = 7,
  Second = 8,
  /** One to six digits. */
  Fraction = 9,
  /** AM or PM: hours are 1 to 12. */
  Half = 10,
}

const MONTH_NAMES = memory.data<u8>([
  106, 97, 110, 102, 101, 98, 109, 97, 114, 97, 112, 114, 109, 97, 121, 106, 117, 110,
  106, 117, 108, 97, 117, 103, 115, 101, 112, 111, 99, 116, 110, 111, 118, 100, 101, 99,
]);
const MONTH_DAYS = memory.data<u8>([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

/** What was read last. */
let days: i32 = 0;
let micros: i64 = 0;

// @ts-ignore: decorator
@inline
function digitAt(at: u32): u32 {
  return <u32>load<u8>(at) - ZERO;
}

/** Two digits, or more than 99. */
// @ts-ignore: decorator
@inline
function pairAt(at: u32): u32 {
  const tens = digitAt(at);
  const ones = digitAt(at + 1);
  return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/** Sets `days`. @returns whether there is such a day */
function takeDate(year: i32, month: u32, day: u32): bool {
  if (month - 1 > 11 || day == 0) return false;
  const isLeap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
  const last: u32 = <u32>load<u8>(MONTH_DAYS + month - 1) + u32(month == 2 && isLeap);
  if (day > last) return false;
  // Years from March on, so that the leap day is the last one (Hinnant, "chrono-compatible low-level date algorithms").
  const shifted = year - i32(month <= 2);
  const era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const yearOfEra = <u32>(shifted - era * 400);
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  days = era * 146097 + <i32>dayOfEra - 719468;
  return true;
}

function takeTime(hour: u32, minute: u32, second: u32, fraction: u32): bool {
  if (hour > 23 || minute > 59 || second > 59) return false;
  micros = <i64>(hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND + <i64>fraction;
  return true;
}

/** YYYY-MM-DD at `at`. */
function isoDateAt(at: u32): bool {
  const century = pairAt(at);
  const year = pairAt(at + 2);
  const month = pairAt(at + 5);
  const day = pairAt(at + 8);
  if ((century | year | month | day) > 127 || load<u8>(at, 4) != MINUS || load<u8>(at, 7) != MINUS) return false;
  if (century > 99 || year > 99) return false;
  return takeDate(<i32>(century * 100 + year), month, day);
}

/** YYYY-MM-DD, then "T" or a space, HH:MM, and perhaps :SS, a fraction, Z or a zone; or the date alone. */
function isoTimestamp(start: u32, end: u32): bool {
  if (end - start < ISO_DATE_BYTES || !isoDateAt(start)) return false;
  micros = 0;
  let at = start + ISO_DATE_BYTES;
  if (at == end) return true;
  const between: u32 = load<u8>(at++);
  if (between != SPACE && between != UPPER_T) return false;
  if (end - at < 5 || load<u8>(at, 2) != COLON) return false;
  const hour = pairAt(at);
  const minute = pairAt(at + 3);
  let second: u32 = 0;
  let fraction: u32 = 0;
  at += 5;
  if (end - at >= 3 && load<u8>(at) == COLON) {
    second = pairAt(at + 1);
    at += 3;
    if (at != end && load<u8>(at) == DOT) {
      const first = ++at;
      while (at != end && digitAt(at) <= 9) at++;
      if (at == first) return false;
      fraction = fractionOf(first, at);
      if (fraction > 999_999) return false;
    }
  }
  if (!takeTime(hour, minute, second, fraction)) return false;
  if (at == end) return true;
  if (load<u8>(at) == UPPER_Z) return at + 1 == end;
  if (load<u8>(at) == SPACE) at++;
  if (end - at < 3) return false;
  const sign: u32 = load<u8>(at);
  if (sign != PLUS && sign != MINUS) return false;
  const hours = pairAt(at + 1);
  at += 3;
  let minutes: u32 = 0;
  if (at != end) {
    if (load<u8>(at) == COLON) at++;
    if (end - at != 2) return false;
    minutes = pairAt(at);
  }
  if (hours > 23 || minutes > 59) return false;
  const offset = <i64>(hours * 60 + minutes) * 60 * MICROS_PER_SECOND;
  micros += sign == PLUS ? -offset : offset;
  return true;
}

/** Microseconds of the digits behind a point; more than 999,999 when there are digits below a microsecond. */
function fractionOf(start: u32, end: u32): u32 {
  let value: u32 = 0;
  let count: u32 = 0;
  for (let at = start; at != end; at++) {
    const digit = digitAt(at);
    if (count == 6) {
      if (digit != 0) return 1_000_000;
      continue;
    }
    value = value * 10 + digit;
    count++;
  }
  return value * <u32>powerOfTen(6 - count);
}

/** By a program. */
function formatted(start: u32, end: u32, program: u32): bool {
  let year: i32 = 1970;
  let month: u32 = 1;
  let day: u32 = 1;
  let hour: u32 = 0;
  let minute: u32 = 0;
  let second: u32 = 0;
  let fraction: u32 = 0;
  let half: u32 = 0;
  let at = start;
  while (true) {
    const step: u32 = load<u8>(program++);
    if (step == Step.End) break;
    if (at >= end) return false;
    if (step >= SPACE) {
      if (load<u8>(at++) != step) return false;
      continue;
    }
    if (step == Step.MonthName) {
      if (end - at < 3) return false;
      month = monthNamed(at);
      at += 3;
      continue;
    }
    if (step == Step.Half) {
      if (end - at < 2 || (<u32>load<u8>(at, 1) | CASE_BIT) != LOWER_M) return false;
      const letter: u32 = <u32>load<u8>(at) | CASE_BIT;
      if (letter != LOWER_P && letter != 97) return false;
      half = letter == LOWER_P ? 2 : 1;
      at += 2;
      continue;
    }
    const first = at;
    const most: u32 = step == Step.Year ? 4 : step == Step.Fraction ? 6 : 2;
    let value: u32 = 0;
    while (at != end && at - first < most && digitAt(at) <= 9) value = value * 10 + digitAt(at++);
    const count = at - first;
    if (count == 0 || ((step == Step.Year || step == Step.ShortYear) && count != most)) return false;
    switch (step) {
      case Step.Year: {
        year = <i32>value;
        break;
      }
      case Step.ShortYear: {
        year = <i32>value + (value < 69 ? 2000 : 1900);
        break;
      }
      case Step.Month: {
        month = value;
        break;
      }
      case Step.Day: {
        day = value;
        break;
      }
      case Step.Hour: {
        hour = value;
        break;
      }
      case Step.Minute: {
        minute = value;
        break;
      }
      case Step.Second: {
        second = value;
        break;
      }
      default:
        fraction = value * <u32>powerOfTen(6 - count);
    }
  }
  if (at != end) return false;
  if (half != 0) {
    if (hour - 1 > 11) return false;
    hour = (hour % 12) + (half == 2 ? 12 : 0);
  }
  return takeDate(year, month, day) && takeTime(hour, minute, second, fraction);
}

/** 1 to 12, or 0. */
function monthNamed(at: u32): u32 {
  for (let month: u32 = 0; month < 12; month++) {
    const name = MONTH_NAMES + month * 3;
    if (
      (load<u8>(at) | CASE_BIT) == load<u8>(name) &&
      (load<u8>(at, 1) | CASE_BIT) == load<u8>(name, 1) &&
      (load<u8>(at, 2) | CASE_BIT) == load<u8>(name, 2)
    ) return month + 1;
  }
  return 0;
}

/** [start, end) as days at `to`. @param program - 0: ISO. @returns whether it is a date */
export function dateOf(start: u32, end: u32, program: u32, to: u32): bool {
  const isDate = program == 0 ? end - start == ISO_DATE_BYTES && isoDateAt(start) : formatted(start, end, program);
  if (isDate) store<i32>(to, days);
  return isDate;
}

/** [start, end) as microseconds at `to`. */
export function timestampOf(start: u32, end: u32, program: u32, to: u32): bool {
  const isTimestamp = program == 0 ? isoTimestamp(start, end) : formatted(start, end, program);
  if (isTimestamp) store<i64>(to, <i64>days * SECONDS_PER_DAY * MICROS_PER_SECOND + micros);
  return isTimestamp;
}
