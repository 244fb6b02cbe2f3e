/**
 * Days and microseconds of ISO 8601 text: `2024-02-29`, `2024-02-29 13:14:15.123456+01:00`. Years have a sign where they
 * have more than four digits or are before 0; a zone is converted to UTC; digits beyond microseconds are cut off.
 */
import { daysOfCalendarDate } from "./date-parts.js";

const DATE = /^(\d{4}|[+-]\d{4,7})-(\d{2})-(\d{2})(.*)$/s;
const TIME = /^[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)? ?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

const parseParts = (text: string): { readonly days: number; readonly rest: string } | undefined => {
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const days = daysOfCalendarDate(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  // Not NaN, and what a date holds.
  return days === (days | 0) ? { days, rest: parts[4]! } : undefined;
};

/** Undefined for text that is no day; a time of day is not one either. */
export const parseDate = (text: string): number | undefined => {
  const parts = parseParts(text);
  return parts?.rest === "" ? parts.days : undefined;
};

/** Minutes that a zone is ahead of UTC. */
const minutesAhead = (zone: string | undefined): number => {
  if (zone === undefined || zone === "Z") return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)!;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0));
};

/** Microseconds since 1970-01-01, UTC; of a day alone those of its midnight. Undefined for text that is no point in time. */
export const parseTimestamp = (text: string): bigint | undefined => {
  const parts = parseParts(text);
  if (parts === undefined) return undefined;
  const time = parts.rest === "" ? ["", "0", "0"] : TIME.exec(parts.rest);
  if (time === null) return undefined;
  const [, hours, minutes, seconds = "0", fraction = "", zone] = time;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const micros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  const minuteOfDay = Number(hours) * 60 + Number(minutes) - minutesAhead(zone);
  const stamp =
    BigInt(parts.days) * 86_400_000_000n + BigInt((minuteOfDay * 60 + Number(seconds)) * 1_000_000 + micros);
  return BigInt.asIntN(64, stamp) === stamp ? stamp : undefined;
};
