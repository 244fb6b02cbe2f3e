/** Well typed plans over two small tables, with every operator, and rows for them. */
import type { Expression, ScalarType } from "../../src/expression/expression.js";
import { isScalar } from "../../src/expression/value-types.js";
import type { Aggregate } from "../../src/plan/aggregate.js";
import type { Plan, PlanColumn, SortKey } from "../../src/plan/plan.js";
import { planColumns } from "../../src/plan/plan-columns.js";
import type { PlainRow, PlainValue } from "../evaluate/plain-interpreter.js";
import type { Random } from "../evaluate/random.js";
import { type RandomColumn, RandomExpressions } from "../evaluate/random-expressions.js";
import { randomValues } from "../evaluate/random-vectors.js";
import type { Tables } from "./plain-plan.js";

const COLUMNS: readonly PlanColumn[] = [
  { name: "b", type: "boolean" },
  { name: "i", type: "int64" },
  { name: "j", type: "int8" },
  { name: "x", type: "float64" },
  { name: "t", type: "utf8" },
  { name: "d", type: "date" },
  { name: "l", type: "list<int64>" },
];
const FRAMES = ["f/one", "f/two"] as const;
const TYPES: readonly ScalarType[] = ["boolean", "int64", "int64", "float64", "float64", "utf8", "date"];

const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
const once = (random: Random, count: number): boolean => random.below(count) === 0;
const some = <Item>(random: Random, items: readonly Item[]): Item[] => items.filter(() => once(random, 2));

const columnValues = (random: Random, { type }: PlanColumn, count: number): readonly PlainValue[] => {
  if (isScalar(type)) return randomValues(random, type, count);
  return many(count, () => (once(random, 4) ? null : randomValues(random, "int64", random.below(3))));
};

export const randomTables = (random: Random): Tables =>
  new Map(
    FRAMES.map((name) => {
      const count = random.below(8);
      const data = COLUMNS.map((column) => columnValues(random, column, count));
      return [
        name,
        many(count, (row): PlainRow => new Map(COLUMNS.map((column, at) => [column.name, data[at]![row]!]))),
      ];
    }),
  );

const scan = (random: Random): Plan => ({
  kind: "scan",
  frame: { name: random.pick(FRAMES), home: 0 } as never,
  columns: COLUMNS,
});

/** Columns of single values. */
const scalars = (columns: readonly PlanColumn[]): readonly RandomColumn[] =>
  columns.flatMap(({ name, type }) => (isScalar(type) ? [{ name, type }] : []));

/** Of any type, or of one. */
const expression = (
  random: Random,
  columns: readonly PlanColumn[],
  depth: number,
  type: ScalarType = random.pick(TYPES),
): Expression => new RandomExpressions(random, scalars(columns)).of(type, depth);

const column = (name: string) => ({ kind: "column", name }) as const;

const randomProject = (random: Random, input: Plan): Plan => {
  const columns = planColumns(input);
  const kept = some(random, columns).map(({ name }) => ({
    name: once(random, 4) ? `${name}2` : name,
    expression: column(name),
  }));
  const derived = many(random.below(3), (index) => ({
    name: `d${index}`,
    expression: expression(random, columns, 1 + random.below(2)),
  }));
  const seen = new Set<string>();
  const all = [...kept, ...derived].filter(({ name }) => !seen.has(name) && seen.add(name));
  return all.length === 0 ? input : { kind: "project", input, columns: all };
};

const randomAggregate = (random: Random, columns: readonly PlanColumn[]): Aggregate => {
  const make = (type?: ScalarType) => expression(random, columns, random.below(2), type);
  switch (random.below(4)) {
    case 0:
      return { name: "count", args: [] };
    case 1:
      return { name: "sum", args: [make(random.pick(["int64", "float64"]))] };
    case 2:
      return { name: "minBy", args: [make(), make()] };
    default: {
      const name = random.pick(["count", "countDistinct", "min", "max", "first", "last", "mode", "top"] as const);
      return { name, args: [make()], ...(name === "top" ? { parameter: 2 } : {}) };
    }
  }
};

const randomAggregation = (random: Random, input: Plan): Plan => {
  const columns = planColumns(input);
  const keys = once(random, 4)
    ? []
    : many(1 + random.below(2), (index) => ({
        name: `k${index}`,
        expression: expression(random, columns, random.below(2)),
      }));
  const aggregates = many(1 + random.below(3), (index) => ({
    name: `a${index}`,
    aggregate: randomAggregate(random, columns),
  }));
  return { kind: "aggregate", input, keys, aggregates };
};

const randomSortKey = (random: Random, columns: readonly PlanColumn[]): SortKey => ({
  expression: expression(random, columns, random.below(2)),
  descending: once(random, 2),
  nullsFirst: once(random, 2),
});

const randomLimit = (random: Random, input: Plan): Plan => ({
  kind: "limit",
  input,
  offset: once(random, 2) ? 0 : random.below(3),
  count: random.below(5),
});

const randomFilter = (random: Random, input: Plan): Plan => ({
  kind: "filter",
  input,
  predicate: expression(random, planColumns(input), 1 + random.below(3), "boolean"),
});

/** One operator more; or none, where what was picked does not fit. */
const grow = (random: Random, input: Plan): Plan => {
  const columns = planColumns(input);
  const single = scalars(columns);
  switch (random.below(12)) {
    case 0:
      return randomAggregation(random, input);
    case 1:
    case 2:
      return {
        kind: "sort",
        input,
        by: many(1 + random.below(2), () => randomSortKey(random, columns)),
        limit: once(random, 3) ? random.below(5) : null,
      };
    case 3: {
      const names = some(random, single).map(({ name }) => name);
      if (once(random, 2) && single.length === columns.length) return { kind: "distinct", input, columns: null };
      return names.length === 0 ? input : { kind: "distinct", input, columns: names };
    }
    case 4:
      return randomLimit(random, input);
    case 5: {
      const other = once(random, 2) ? randomFilter(random, input) : randomLimit(random, input);
      return { kind: "union", inputs: once(random, 2) ? [input, other] : [other, input] };
    }
    case 6: {
      const list = columns.find(({ type }) => !isScalar(type));
      return list === undefined ? input : { kind: "explode", input, column: list.name };
    }
    case 7:
      return { kind: "sample", input, fraction: random.below(11) / 10, seed: random.below(10) };
    case 8:
    case 9:
      return randomProject(random, input);
    default:
      return randomFilter(random, input);
  }
};

export const randomQuery = (random: Random): Plan => {
  let plan = scan(random);
  for (let left = 1 + random.below(7); left > 0; left--) plan = grow(random, plan);
  return plan;
};
