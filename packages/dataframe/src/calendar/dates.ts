/** Stored days and microseconds to a program's `Date` and back; what a `Date` cannot hold exactly is an error. */
import { Eau2Error } from "@eau2/protocol";

const DAY_MS = 86_400_000;
export const DAY_MICROS = 86_400_000_000;
/** A `Date` reaches so many days before and after 1970. */
const DATE_DAYS_MAX = 100_000_000;

const unsafe = (stored: string, value: number | bigint, row: number, column: string): Eau2Error =>
  new Eau2Error(
    "TIMESTAMP_UNSAFE",
    `read row ${row} of column "${column}": ${stored}; declare the column with { as: "bigint" }`,
    { column, row, value: String(value) },
  );

/**
 * Midnight, UTC, of a day. `row` and `column` are for the message.
 * @throws {@link Eau2Error} `TIMESTAMP_UNSAFE` more than 100,000,000 days from 1970.
 */
export const dateOfDays = (days: number, row: number, column: string): Date => {
  if (Math.abs(days) <= DATE_DAYS_MAX) return new Date(days * DAY_MS);
  throw unsafe(`day ${days} is beyond the range of a Date`, days, row, column);
};

/** @throws {@link Eau2Error} `TIMESTAMP_UNSAFE` for a fraction of a millisecond, and as {@link dateOfDays}. */
export const dateOfMicros = (micros: bigint, row: number, column: string): Date => {
  if (micros % 1_000n !== 0n) {
    throw unsafe(`microsecond ${micros} is no whole millisecond, as a Date needs`, micros, row, column);
  }
  const date = new Date(Number(micros / 1_000n));
  if (Number.isNaN(date.getTime())) {
    throw unsafe(`microsecond ${micros} is beyond the range of a Date`, micros, row, column);
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
