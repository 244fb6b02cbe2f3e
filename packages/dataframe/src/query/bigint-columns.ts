/** Columns of a result that reach the program as bigints: how a program declared its columns is no part of a plan. */
import { showsBigint } from "../expression/shows-bigint.js";
import type { AggregateName } from "../plan/aggregate.js";
import type { Plan } from "../plan/plan.js";
import { exactType } from "../schema/data-types.js";
import { Schema } from "../schema/schema.js";

/** Aggregates whose results are values of their first argument, or sums of them. */
const OF_ARGUMENT: ReadonlySet<AggregateName> = new Set<AggregateName>([
  "sum",
  "min",
  "max",
  "first",
  "last",
  "top",
  "bottom",
  "minBy",
  "maxBy",
  "mode",
]);

/** @param before - such columns of the plan's input. */
export const bigintColumns = (plan: Plan, before: ReadonlySet<string>): ReadonlySet<string> => {
  if (before.size === 0) return before;
  if (plan.kind === "project") {
    return namesOf(plan.columns.filter(({ expression }) => showsBigint(expression, before)));
  }
  if (plan.kind !== "aggregate") return before;
  const results = plan.aggregates.filter(
    ({ aggregate: { name, args } }) => OF_ARGUMENT.has(name) && showsBigint(args[0]!, before),
  );
  return namesOf([...plan.keys.filter(({ expression }) => showsBigint(expression, before)), ...results]);
};

const namesOf = (columns: readonly { readonly name: string }[]): ReadonlySet<string> =>
  new Set(columns.map(({ name }) => name));

/** The schema of a result as the program sees it. */
export const withBigints = <Row>(schema: Schema, bigints: ReadonlySet<string>): Schema<Row> =>
  new Schema(schema.columns.map(({ name, type }) => ({ name, type: bigints.has(name) ? exactType(type) : type })));
