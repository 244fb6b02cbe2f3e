/** Days and microseconds as ISO 8601 writes them, for every value that a column holds. */
import { civilOfDays, dayOfCivil, monthOfCivil, yearOfCivil } from "../calendar/civil.js";
import { DAY_MICROS } from "../calendar/dates.js";

const digits = (value: number, count: number): string => String(value).padStart(count, "0");

/** Years before 0 and after 9999 have a sign and at least six digits. */
const printYear = (year: number): string =>
  year >= 0 && year <= 9999 ? digits(year, 4) : `${year < 0 ? "-" : "+"}${digits(Math.abs(year), 6)}`;

/** A day: `2024-02-29`. @param days - since 1970-01-01. */
export const printDate = (days: number): string => {
  const civil = civilOfDays(days);
  return `${printYear(yearOfCivil(civil))}-${digits(monthOfCivil(civil), 2)}-${digits(dayOfCivil(civil), 2)}`;
};

/** None, three or six digits: as few as the value needs. */
const printFraction = (micros: number): string => {
  if (micros === 0) return "";
  return micros % 1_000 === 0 ? `.${digits(micros / 1_000, 3)}` : `.${digits(micros, 6)}`;
};

/**
 * A point in time, UTC: `2024-02-29 13:14:15.123456`.
 * @param micros - since 1970-01-01.
 * @param separator - between day and time.
 */
export const printTimestamp = (micros: bigint, separator: " " | "T" = " "): string => {
  const dayMicros = BigInt(DAY_MICROS);
  const rest = ((micros % dayMicros) + dayMicros) % dayMicros;
  const microsOfDay = Number(rest);
  const seconds = Math.floor(microsOfDay / 1_000_000);
  const [hour, minute, second] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const time = `${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}${printFraction(microsOfDay % 1_000_000)}`;
  return `${printDate(Number((micros - rest) / dayMicros))}${separator}${time}`;
};
