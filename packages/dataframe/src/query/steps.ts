/** The steps of a query as operators: what each method's arguments mean for the plan so far. */
import { Eau2Error } from "@eau2/protocol";
import { type Term, termNode } from "../expression/term.js";
import type { Aggregation, Derived, Plan, SortKey } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";
import { columnUnknown } from "../schema/schema.js";
import { columnNode } from "./aggregates.js";
import type { ColumnOr } from "./asked-columns.js";
import { type ColumnTerms, chosenColumns, derived } from "./column-terms.js";
import { type Ordering, sortKeyOf } from "./ordering.js";
import { rowExprs } from "./row-exprs.js";
import type { AggregateTerms } from "./row-shapes.js";

/** A function from the row: of whatever rows, the compiler has checked it. */
type OfRow<Given> = (row: never) => Given;
type Choice = string | ColumnTerms | OfRow<ColumnTerms>;
type By = ColumnOr<unknown> | Ordering;

export const namesOf = (plan: Plan): readonly string[] => planColumns(plan).map(({ name }) => name);

const given = <Given>(plan: Plan, of: Given | OfRow<Given>): Given =>
  typeof of === "function" ? (of as OfRow<Given>)(rowExprs(namesOf(plan)) as never) : of;

const same = (name: string): Derived => derived(name, columnNode(name));

/** @throws {@link Eau2Error} `COLUMN_UNKNOWN` */
const assertColumns = (step: string, plan: Plan, names: readonly string[]): void => {
  const there = namesOf(plan);
  const missing = names.find((name) => !there.includes(name));
  if (missing === undefined) return;
  const { code, message, details } = columnUnknown(missing, there);
  throw new Eau2Error(code, `${step}: ${message}`, details);
};

const assertCount = (step: string, what: string, count: number, least: number): void => {
  if (Number.isSafeInteger(count) && count >= least) return;
  throw new Eau2Error("USAGE", `${step}: ${what} must be an integer from ${least}; it is ${count}`);
};

export const selectStep = (input: Plan, choices: readonly Choice[]): Plan => ({
  kind: "project",
  input,
  columns: chosenColumns(choices, namesOf(input)),
});

/** A column of a name that is there takes its place; others come last. */
export const deriveStep = (input: Plan, choices: readonly Choice[]): Plan => {
  const names = namesOf(input);
  const columns = new Map(names.map((name) => [name, same(name)]));
  for (const column of chosenColumns(choices, names)) columns.set(column.name, column);
  return { kind: "project", input, columns: [...columns.values()] };
};

export const renameStep = (input: Plan, names: Readonly<Record<string, string | undefined>>): Plan => {
  assertColumns("rename", input, Object.keys(names));
  const columns = namesOf(input).map((name) =>
    derived((Object.hasOwn(names, name) ? names[name] : undefined) ?? name, columnNode(name)),
  );
  return { kind: "project", input, columns };
};

export const dropStep = (input: Plan, names: readonly string[]): Plan => {
  assertColumns("drop", input, names);
  const columns = namesOf(input)
    .filter((name) => !names.includes(name))
    .map(same);
  return { kind: "project", input, columns };
};

export const filterStep = (input: Plan, conditions: readonly (Term | OfRow<Term>)[]): Plan =>
  conditions.reduce<Plan>(
    (plan, condition) => ({ kind: "filter", input: plan, predicate: termNode(given(input, condition), "filter") }),
    input,
  );

export const aggregateStep = (
  input: Plan,
  keys: readonly Choice[],
  terms: AggregateTerms | OfRow<AggregateTerms>,
): Plan => {
  const aggregates: Aggregation["aggregates"] = Object.entries(given(input, terms)).map(([name, term]) => {
    if (term?.aggregate !== undefined) return { name, aggregate: term.aggregate };
    throw new Eau2Error("USAGE", `agg "${name}": give an aggregate, like count() or mean("delay")`);
  });
  return { kind: "aggregate", input, keys: chosenColumns(keys, namesOf(input)), aggregates };
};

/** @param limit - rows that are kept; null for all. */
export const sortStep = (
  input: Plan,
  orders: readonly (By | OfRow<By | readonly By[]>)[],
  limit: number | null,
): Plan => {
  if (limit !== null) assertCount("top", "the number of rows", limit, 0);
  const by: SortKey[] = orders.flatMap((order) => {
    const one = given<By | readonly By[]>(input, order);
    return Array.isArray(one) ? one.map(sortKeyOf) : [sortKeyOf(one as By)];
  });
  if (by.length === 0) throw new Eau2Error("USAGE", 'sort: name at least one column, like desc("delay")');
  return { kind: "sort", input, by, limit };
};

export const distinctStep = (input: Plan, names: readonly string[]): Plan => ({
  kind: "distinct",
  input,
  columns: names.length === 0 ? null : names,
});

export const limitStep = (input: Plan, count: number, offset: number): Plan => {
  assertCount("limit", "the number of rows", count, 0);
  assertCount("limit", "offset", offset, 0);
  return { kind: "limit", input, count, offset };
};

export const unionStep = (inputs: readonly Plan[]): Plan => {
  if (inputs.length < 2) throw new Eau2Error("USAGE", "union: name the query that is to follow");
  return { kind: "union", inputs };
};

export const sampleStep = (input: Plan, fraction: number, seed: number): Plan => {
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new Eau2Error("USAGE", `sample: the fraction must be within 0 and 1; it is ${fraction}`);
  }
  assertCount("sample", "the seed", seed, 0);
  if (seed > 0xffff_ffff) throw new Eau2Error("USAGE", `sample: the seed must be below 2^32; it is ${seed}`);
  return { kind: "sample", input, fraction, seed };
};
