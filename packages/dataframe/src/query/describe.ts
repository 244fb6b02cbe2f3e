/** Statistics of columns: aggregates, for as many columns at once as a plan holds comfortably. */
import { col } from "../expression/builders.js";
import type { ValueType } from "../expression/expression.js";
import { isNumber, isScalar } from "../expression/value-types.js";
import type { Cell } from "../frame/cells.js";
import type { PlanColumn } from "../plan/plan.js";
import { type AggregateTerm, count, max, mean, median, min, quantile, stddev } from "./aggregates.js";
import type { Query } from "./query.js";
import type { QueryOptions } from "./query-runner.js";

export interface ColumnSummary {
  readonly column: string;
  readonly type: ValueType;
  /** Values, without nulls. */
  readonly count: number;
  readonly nulls: number;
  /** Of numbers: null for other types, and without values; the quartiles too. */
  readonly mean: number | null;
  readonly stddev: number | null;
  /** Of all types but lists, as text: exact whatever the type. */
  readonly min: string | null;
  readonly q25: number | null;
  readonly median: number | null;
  readonly q75: number | null;
  readonly max: string | null;
}

/** So that the plan stays far within its limits. */
const COLUMNS_AT_ONCE = 256;

export const describeColumns = async (query: Query, options: QueryOptions): Promise<ColumnSummary[]> => {
  const { columnTypes } = query;
  const summaries: ColumnSummary[] = [];
  for (let from = 0; from < columnTypes.length; from += COLUMNS_AT_ONCE) {
    const columns = columnTypes.slice(from, from + COLUMNS_AT_ONCE);
    const aggregates = columns.flatMap((column, index) => aggregatesOf(column, index));
    const bounds = columns.flatMap(({ type }, index) => (isScalar(type) ? [`${index}.min`, `${index}.max`] : []));
    const [row] = await query
      .agg({ rows: count(), ...Object.fromEntries(aggregates) })
      .derive(Object.fromEntries(bounds.map((name) => [name, col(name).toText()])))
      .collect(options);
    summaries.push(...columns.map((column, index) => summaryOf(column, index, row as Readonly<Record<string, Cell>>)));
  }
  return summaries;
};

/** Numbered, because a column may have any name. */
const aggregatesOf = ({ name, type }: PlanColumn, index: number): [string, AggregateTerm][] => [
  [`${index}.count`, count(name)],
  ...(isScalar(type)
    ? ([
        [`${index}.min`, min(name)],
        [`${index}.max`, max(name)],
      ] as [string, AggregateTerm][])
    : []),
  ...(isNumber(type)
    ? Object.entries(ofNumbers(name)).map(([what, term]): [string, AggregateTerm] => [`${index}.${what}`, term])
    : []),
];

const ofNumbers = (name: string): Readonly<Record<string, AggregateTerm>> => ({
  mean: mean(name),
  stddev: stddev(name),
  q25: quantile(name, 0.25),
  median: median(name),
  q75: quantile(name, 0.75),
});

const summaryOf = ({ name, type }: PlanColumn, index: number, row: Readonly<Record<string, Cell>>): ColumnSummary => {
  const number = (what: string): number | null => (row[`${index}.${what}`] ?? null) as number | null;
  const text = (what: string): string | null => (row[`${index}.${what}`] ?? null) as string | null;
  const values = number("count") ?? 0;
  return {
    column: name,
    type,
    count: values,
    nulls: Number(row.rows) - values,
    mean: number("mean"),
    stddev: number("stddev"),
    min: text("min"),
    q25: number("q25"),
    median: number("median"),
    q75: number("q75"),
    max: text("max"),
  };
};
