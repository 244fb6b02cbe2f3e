/** What comes first or last in the order of values. */
import { listOf } from "../types.js";
import { compareValues, type Exact, withoutMinusZero } from "../values.js";
import { type AggregateOfGroup, sameType, type Tuple, valuesOf } from "./aggregate-table.js";

type Direction = 1 | -1;

/** Stable: equal values stay in the order of their rows. */
const sorted = <T>(items: readonly T[], readValue: (item: T) => Exact, direction: Direction): T[] =>
  items.toSorted((a, b) => direction * compareValues(readValue(a), readValue(b)));

const extreme = (direction: Direction): AggregateOfGroup => ({
  type: sameType,
  of: (rows) => withoutMinusZero(sorted(valuesOf(rows), (value) => value, direction)[0] ?? null),
});

const firstOnes = (direction: Direction): AggregateOfGroup => ({
  type: ([input]) => listOf(input!),
  of: (rows, _, count) => {
    const values = valuesOf(rows);
    return values.length === 0 ? null : sorted(values, (value) => value, direction).slice(0, count);
  },
});

const byAnother = (direction: Direction): AggregateOfGroup => ({
  type: sameType,
  of: (rows) => {
    const candidates = rows.filter(([, by]) => by !== null);
    return sorted(candidates, ([, by]: Tuple) => by!, direction)[0]?.[0] ?? null;
  },
});

export const EXTREMES = {
  min: extreme(1),
  max: extreme(-1),
  bottom: firstOnes(1),
  top: firstOnes(-1),
  minBy: byAnother(1),
  maxBy: byAnother(-1),
};
