/** Builders of dates and timestamps, which are integers inside: they take a `Date`, or the integer as it is. */
import { Eau2Error } from "@eau2/protocol";
import type { ScalarLayout } from "@eau2/serialization";
import { daysOfDate, microsOfDate } from "../calendar/dates.js";
import type { ColumnBuilder } from "./column-builder.js";
import { Int64Builder, IntegerBuilder } from "./number-builders.js";

/** `String(date)` is local time, and `toISOString` throws for an invalid one. */
const shown = (date: Date): string => (Number.isNaN(date.getTime()) ? "an invalid Date" : date.toISOString());

/** The integer that a date is, or an error that says why it is none. */
const stored = <Integer>(date: Date, type: string, integer: Integer | undefined): Integer => {
  if (integer !== undefined) return integer;
  throw new Eau2Error(
    "TYPE_MISMATCH",
    `append ${shown(date)} to a column of ${type}: ${type === "date" ? "a day is its midnight, UTC; use timestamp" : "give a valid one, or null"}`,
  );
};

export class DateBuilder implements ColumnBuilder<Date | number | bigint> {
  readonly #days = new IntegerBuilder("date");

  get rowCount(): number {
    return this.#days.rowCount;
  }

  /**
   * @param value - midnight, UTC, of the day, or days since 1970-01-01.
   * @throws {@link Eau2Error} `TYPE_MISMATCH` for another time of day, an invalid date, a fraction of a day.
   */
  append(value: Date | number | bigint): void {
    this.#days.append(value instanceof Date ? stored(value, "date", daysOfDate(value)) : Number(value));
  }

  appendNull(): void {
    this.#days.appendNull();
  }

  finish(): ScalarLayout {
    return this.#days.finish();
  }
}

export class TimestampBuilder implements ColumnBuilder<Date | number | bigint> {
  readonly #micros = new Int64Builder("timestamp");

  get rowCount(): number {
    return this.#micros.rowCount;
  }

  /**
   * @param value - a date, or microseconds since 1970-01-01, UTC.
   * @throws {@link Eau2Error} `TYPE_MISMATCH` for an invalid date or a fraction of a microsecond, `INT64_UNSAFE` for a
   * number beyond 2^53.
   */
  append(value: Date | number | bigint): void {
    this.#micros.append(value instanceof Date ? stored(value, "timestamp", microsOfDate(value)) : value);
  }

  appendNull(): void {
    this.#micros.appendNull();
  }

  finish(): ScalarLayout {
    return this.#micros.finish();
  }
}
