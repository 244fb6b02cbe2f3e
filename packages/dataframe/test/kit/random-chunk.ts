/** Rows that lie close together, as in a chunk of sorted data, and what statistics say of them. */
import type { ColumnFacts, StatisticsValue } from "../../src/expression/bounds/leaf-bounds.js";
import type { TypedColumn } from "../../src/expression/resolve-type.js";
import { order, type Row, type Value } from "./plain-values.js";
import type { Random } from "./random.js";
import { randomValue } from "./random-expressions.js";

export interface RandomChunk {
  readonly rows: readonly Row[];
  readonly facts: readonly ColumnFacts[];
}

const bound = (value: Value): StatisticsValue => {
  if (typeof value === "string") return Buffer.from(value);
  return typeof value === "number" ? value + 0 : (value as StatisticsValue);
};

const factsOf = (random: Random, { name, type }: TypedColumn, values: readonly Value[]): ColumnFacts => {
  const sorted = values.filter((value) => value !== null).toSorted(order);
  const common = { name, type, rowCount: values.length, nullCount: values.length - sorted.length };
  if (sorted.length === 0 || random.once(8)) return { ...common, min: undefined, max: undefined };
  return { ...common, min: bound(sorted[0]!), max: bound(sorted.at(-1)!) };
};

export const randomChunk = (random: Random, columns: readonly TypedColumn[]): RandomChunk => {
  const rowCount = random.below(6);
  const data = columns.map(({ type }) => {
    const few = random.many(1 + random.below(2), () => randomValue(random, type));
    return random.many(rowCount, () => random.pick(few));
  });
  const rows = random.many(rowCount, (row): Row => new Map(columns.map(({ name }, at) => [name, data[at]![row]!])));
  return { rows, facts: columns.map((column, at) => factsOf(random, column, data[at]!)) };
};
