/** Stored days and microseconds to a program's `Date` and back; what a `Date` cannot hold exactly is an error. */
import { Eau2Error } from "@eau2/protocol";

const DAY_MS = 86_400_000;
export const DAY_MICROS = 86_400_000_000;
/** A `Date` reaches so many days before and after 1970. */
const DATE_DAYS_MAX = 100_000_000;

const unsafe = (where: string, stored: string, value: number | bigint): Eau2Error =>
  new Eau2Error("TIMESTAMP_UNSAFE", `read ${where}: ${stored}; declare the column with { as: "bigint" }`, {
    value: String(value),
  });

/**
 * Midnight, UTC, of a day.
 * @param where - for the message: what is read, with its column; asked when something is wrong.
 * @throws {@link Eau2Error} `TIMESTAMP_UNSAFE` more than 100,000,000 days from 1970.
 */
export const dateOfDays = (days: number, where: () => string): Date => {
  if (Math.abs(days) <= DATE_DAYS_MAX) return new Date(days * DAY_MS);
  throw unsafe(where(), `day ${days} is beyond the range of a Date`, days);
};

/** @throws {@link Eau2Error} `TIMESTAMP_UNSAFE` for a fraction of a millisecond, and as {@link dateOfDays}. */
export const dateOfMicros = (micros: bigint, where: () => string): Date => {
  if (micros % 1_000n !== 0n) {
    throw unsafe(where(), `microsecond ${micros} is no whole millisecond, as a Date needs`, micros);
  }
  const date = new Date(Number(micros / 1_000n));
  if (Number.isNaN(date.getTime())) {
    throw unsafe(where(), `microsecond ${micros} is beyond the range of a Date`, micros);
  }
  return date;
};

/** Undefined for a date that is invalid or not midnight, UTC. */
export const daysOfDate = (date: Date): number | undefined => {
  const days = date.getTime() / DAY_MS;
  return Number.isInteger(days) ? days : undefined;
};

/** Undefined for an invalid date. */
export const microsOfDate = (date: Date): bigint | undefined => {
  const ms = date.getTime();
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000n;
};
