/** The proleptic Gregorian calendar by counting: 400 years have 146,097 days, and within them years and months are walked. */
import { checkedMicros } from "./failure.js";

export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

const DAYS_OF_400_YEARS = 146_097;
export const DAY_MICROS = 86_400_000_000n;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysOfYear = (year: number): number => (isLeap(year) ? 366 : 365);
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const daysOfMonth = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : MONTH_DAYS[month - 1]!;

/** @param days - since 1970-01-01. */
export const civilOf = (days: number): Civil => {
  const cycles = Math.floor(days / DAYS_OF_400_YEARS);
  let rest = days - cycles * DAYS_OF_400_YEARS;
  let year = 1970 + 400 * cycles;
  for (; rest >= daysOfYear(year); year++) rest -= daysOfYear(year);
  let month = 1;
  for (; rest >= daysOfMonth(year, month); month++) rest -= daysOfMonth(year, month);
  return { year, month, day: rest + 1 };
};

export const daysOf = ({ year, month, day }: Civil): number => {
  const cycles = Math.floor((year - 1970) / 400);
  let days = cycles * DAYS_OF_400_YEARS;
  for (let other = 1970 + 400 * cycles; other < year; other++) days += daysOfYear(other);
  for (let other = 1; other < month; other++) days += daysOfMonth(year, other);
  return days + day - 1;
};

export const floorDivide = (value: bigint, by: bigint): bigint => {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
};

/** From Monday = 0; 1970-01-01 was a Thursday. */
export const weekdayOf = (days: number): number => (((days + 3) % 7) + 7) % 7;

export const microsOfDays = (days: bigint): bigint => checkedMicros(days * DAY_MICROS);
export const daysOfMicros = (micros: bigint): bigint => floorDivide(micros, DAY_MICROS);

const twoDigits = (value: number | bigint): string => String(value).padStart(2, "0");

/** ISO 8601: years before 0 and after 9999 have a sign and six digits. */
export const printDate = (days: bigint): string => {
  const { year, month, day } = civilOf(Number(days));
  const digits = String(Math.abs(year)).padStart(year >= 0 && year <= 9999 ? 4 : 6, "0");
  const sign = year < 0 ? "-" : year > 9999 ? "+" : "";
  return `${sign}${digits}-${twoDigits(month)}-${twoDigits(day)}`;
};

/** With no fraction of the second, or 3 or 6 digits of it. */
export const printTimestamp = (micros: bigint): string => {
  const days = daysOfMicros(micros);
  const ofDay = micros - days * DAY_MICROS;
  const seconds = ofDay / 1_000_000n;
  const digits = String(ofDay % 1_000_000n).padStart(6, "0");
  const fraction = digits === "000000" ? "" : `.${digits.endsWith("000") ? digits.slice(0, 3) : digits}`;
  const time = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map(twoDigits).join(":");
  return `${printDate(days)} ${time}${fraction}`;
};

/** Undefined for text that is no date: `2024-02-29`, with fewer digits where they are 0, and up to six of the year. */
export const parseDate = (text: string): bigint | undefined => {
  const match = /^([+-]?\d{1,6})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return undefined;
  return BigInt(daysOf({ year, month, day }));
};

/** A date, or a date and a time of day after a blank or T; a zone is converted, none means UTC. */
export const parseTimestamp = (text: string): bigint | undefined => {
  const match = /^(.*?)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/.exec(text);
  const days = parseDate(match?.[1] ?? "");
  if (match === null || days === undefined) return undefined;
  const [, , hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second) - zoneSeconds(zone);
  return days * DAY_MICROS + seconds * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
};

const zoneSeconds = (zone: string): bigint => {
  if (zone === "Z") return 0n;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)!;
  const seconds = BigInt(hours!) * 3600n + BigInt(minutes) * 60n;
  return sign === "-" ? -seconds : seconds;
};
