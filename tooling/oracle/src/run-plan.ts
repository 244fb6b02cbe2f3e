/**
 * The reference: what a plan means, row by row, without a thought for speed. It shares nothing with the engine but the plan.
 * Groups and distinct rows come in the order of their first rows; engines may order them otherwise.
 */
import type { Distinct, Explode, Filter, Plan, Project, Scan, Union } from "@eau2/dataframe";
import { bind } from "./bind.js";
import { aggregateRows } from "./operators/aggregation.js";
import { sortRows } from "./operators/sorting.js";
import { elementOf } from "./types.js";
import { type Exact, exactOf, groupKey, type Table, withoutMinusZero } from "./values.js";

/** Frames by the names of their keys. */
export type Tables = ReadonlyMap<string, Table>;

export const runPlan = (plan: Plan, tables: Tables): Table => {
  switch (plan.kind) {
    case "scan":
      return scanRows(plan, tables);
    case "filter":
      return filterRows(plan, runPlan(plan.input, tables));
    case "project":
      return projectRows(plan, runPlan(plan.input, tables));
    case "aggregate":
      return aggregateRows(plan, runPlan(plan.input, tables));
    case "sort":
      return sortRows(plan, runPlan(plan.input, tables));
    case "distinct":
      return distinctRows(plan, runPlan(plan.input, tables));
    case "limit": {
      const { columns, rows } = runPlan(plan.input, tables);
      return { columns, rows: rows.slice(plan.offset, plan.offset + plan.count) };
    }
    case "union":
      return unionRows(plan, tables);
    case "explode":
      return explodeRows(plan, runPlan(plan.input, tables));
    case "sample":
      throw new Error("the reference does not know which rows a sample picks");
    default:
      return plan satisfies never;
  }
};

const positions = (names: readonly string[], { columns }: Table): number[] =>
  names.map((name) => {
    const index = columns.findIndex((column) => column.name === name);
    if (index < 0) throw new Error(`no column "${name}"`);
    return index;
  });

const scanRows = ({ frame, columns }: Scan, tables: Tables): Table => {
  const table = tables.get(frame.name);
  if (table === undefined) throw new Error(`no frame "${frame.name}"`);
  const indices = positions(
    columns.map(({ name }) => name),
    table,
  );
  return { columns, rows: table.rows.map((row) => indices.map((index) => row[index]!)) };
};

const filterRows = ({ predicate }: Filter, { columns, rows }: Table): Table => {
  const bound = bind(predicate, columns);
  return { columns, rows: rows.filter((row) => bound.of(row) === true) };
};

const projectRows = (plan: Project, { columns, rows }: Table): Table => {
  const bound = plan.columns.map(({ expression }) => bind(expression, columns));
  return {
    columns: plan.columns.map(({ name }, index) => ({ name, type: bound[index]!.type })),
    rows: rows.map((row) => bound.map((column) => column.of(row))),
  };
};

const distinctRows = (plan: Distinct, table: Table): Table => {
  const indices = positions(plan.columns ?? table.columns.map(({ name }) => name), table);
  const seen = new Set<string>();
  const rows = table.rows.filter((row) => {
    const key = groupKey(indices.map((index) => exactOf(row[index]!)));
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
  const isKey = (index: number): boolean => indices.includes(index);
  return {
    columns: table.columns,
    rows: rows.map((row) => row.map((value, index) => (isKey(index) ? withoutMinusZero(exactOf(value)) : value))),
  };
};

const unionRows = ({ inputs }: Union, tables: Tables): Table => {
  const results = inputs.map((input) => runPlan(input, tables));
  return { columns: results[0]!.columns, rows: results.flatMap(({ rows }) => rows) };
};

const explodeRows = (plan: Explode, table: Table): Table => {
  const [index] = positions([plan.column], table);
  return {
    columns: table.columns.map(({ name, type }, other) => ({ name, type: other === index ? elementOf(type) : type })),
    rows: table.rows.flatMap((row) =>
      ((row[index!] ?? []) as readonly Exact[]).map((element) => row.with(index!, element)),
    ),
  };
};
