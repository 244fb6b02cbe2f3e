import { DATE_UNITS, type DateUnit } from "../functions.js";
import { constant, fixed, integer, type Signature, text, time } from "./signature.js";

const unit = constant(text, (value) =>
  DATE_UNITS.includes(value as DateUnit) ? undefined : `"${value}" is none of ${DATE_UNITS.join(", ")}`,
);

const UNITS_OF_DATES: readonly unknown[] = ["year", "quarter", "month", "week", "day"] satisfies DateUnit[];

/** The date comes first and keeps its type; a date has no hours. */
const moved = (parameters: Signature["parameters"], unitAt: number): Signature => ({
  parameters,
  result: (types, args) => {
    const value = args[unitAt]?.value;
    if (types[0] === "timestamp" || UNITS_OF_DATES.includes(value)) return types[0]!;
    return {
      code: "TYPE_MISMATCH",
      argument: 0,
      words: `a timestamp for the unit ${value} (cast the date to timestamp)`,
    };
  },
});

const part: Signature = fixed([time], "int64");

export const DATE_SIGNATURES = {
  year: part,
  quarter: part,
  month: part,
  day: part,
  dayOfYear: part,
  dayOfWeek: part,
  week: part,
  hour: part,
  minute: part,
  second: part,
  microsecond: part,
  truncate: moved([time, unit], 1),
  difference: fixed([unit, time, time], "int64"),
  plus: moved([time, integer, unit], 2),
  makeDate: fixed([integer, integer, integer], "date"),
} satisfies Record<string, Signature>;
