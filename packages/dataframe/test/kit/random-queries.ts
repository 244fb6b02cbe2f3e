/** Well typed plans over two small tables, with every operator, and rows for them. */

import type { Aggregate } from "../../src/plan/aggregate.js";
import type { Plan, PlanColumn, SortKey } from "../../src/plan/plan.js";
import { planColumns } from "../../src/plan/plan-columns.js";
import type { Tables } from "./plain-plan.js";
import type { Row } from "./plain-values.js";
import type { Random } from "./random.js";
import { type Kind, kindOf, randomExpression, randomValue } from "./random-expressions.js";

const COLUMNS: readonly PlanColumn[] = [
  { name: "b", type: "boolean" },
  { name: "i", type: "int64" },
  { name: "j", type: "int8" },
  { name: "x", type: "float64" },
  { name: "t", type: "utf8" },
  { name: "l", type: "list<int64>" },
];
const FRAMES = ["f/one", "f/two"] as const;

export const randomTables = (random: Random): Tables =>
  new Map(
    FRAMES.map((name) => [
      name,
      random.many(
        random.below(8),
        (): Row => new Map(COLUMNS.map((column) => [column.name, randomValue(random, column.type)])),
      ),
    ]),
  );

const scan = (random: Random): Plan => ({
  kind: "scan",
  frame: { name: random.pick(FRAMES), home: 0 } as never,
  columns: COLUMNS,
});

const isScalar = ({ type }: PlanColumn): boolean => kindOf(type) !== undefined;
const column = (name: string) => ({ kind: "column", name }) as const;
const some = <Item>(random: Random, items: readonly Item[]): Item[] => items.filter(() => random.once(2));

const anyKind = (random: Random): Kind => random.pick(["boolean", "integer", "float", "text"]);

const randomProject = (random: Random, input: Plan): Plan => {
  const columns = planColumns(input);
  const kept = some(random, columns).map(({ name }) => ({
    name: random.once(4) ? `${name}2` : name,
    expression: column(name),
  }));
  const derived = random.many(random.below(3), (index) => ({
    name: `d${index}`,
    expression: randomExpression(random, anyKind(random), columns, 1 + random.below(2)),
  }));
  const seen = new Set<string>();
  const all = [...kept, ...derived].filter(({ name }) => !seen.has(name) && seen.add(name));
  if (all.length === 0) return input;
  return { kind: "project", input, columns: all };
};

const randomAggregate = (random: Random, columns: readonly PlanColumn[]): Aggregate => {
  const make = (kind: Kind) => randomExpression(random, kind, columns, random.below(2));
  switch (random.below(4)) {
    case 0:
      return { name: "count", args: [] };
    case 1:
      return { name: "sum", args: [make(random.pick(["integer", "float"]))] };
    case 2:
      return { name: random.pick(["minBy"] as const), args: [make(anyKind(random)), make(anyKind(random))] };
    default: {
      const name = random.pick(["count", "countDistinct", "min", "max", "first", "last", "mode", "top"] as const);
      return { name, args: [make(anyKind(random))], ...(name === "top" ? { parameter: 2 } : {}) };
    }
  }
};

const randomAggregation = (random: Random, input: Plan): Plan => {
  const columns = planColumns(input);
  const keys = random.once(4)
    ? []
    : random.many(1 + random.below(2), (index) => ({
        name: `k${index}`,
        expression: randomExpression(random, anyKind(random), columns, random.below(2)),
      }));
  const aggregates = random.many(1 + random.below(3), (index) => ({
    name: `a${index}`,
    aggregate: randomAggregate(random, columns),
  }));
  return { kind: "aggregate", input, keys, aggregates };
};

const randomSortKey = (random: Random, columns: readonly PlanColumn[]): SortKey => ({
  expression: randomExpression(random, anyKind(random), columns, random.below(2)),
  descending: random.once(2),
  nullsFirst: random.once(2),
});

const randomLimit = (random: Random, input: Plan): Plan => ({
  kind: "limit",
  input,
  offset: random.once(2) ? 0 : random.below(3),
  count: random.below(5),
});

const randomFilter = (random: Random, input: Plan): Plan => ({
  kind: "filter",
  input,
  predicate: randomExpression(random, "boolean", planColumns(input), 1 + random.below(3)),
});

/** One operator more; or none, where what was picked does not fit. */
const grow = (random: Random, input: Plan): Plan => {
  const columns = planColumns(input);
  switch (random.below(12)) {
    case 0:
      return randomAggregation(random, input);
    case 1:
    case 2:
      return {
        kind: "sort",
        input,
        by: random.many(1 + random.below(2), () => randomSortKey(random, columns)),
        limit: random.once(3) ? random.below(5) : null,
      };
    case 3: {
      const names = some(random, columns.filter(isScalar)).map(({ name }) => name);
      if (random.once(2) && columns.every(isScalar)) return { kind: "distinct", input, columns: null };
      return names.length === 0 ? input : { kind: "distinct", input, columns: names };
    }
    case 4:
      return randomLimit(random, input);
    case 5: {
      const other = random.once(2) ? randomFilter(random, input) : randomLimit(random, input);
      return { kind: "union", inputs: random.once(2) ? [input, other] : [other, input] };
    }
    case 6: {
      const list = columns.find((candidate) => !isScalar(candidate));
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
