/**
 * Columns that nobody uses are not computed and not read. It looks at the plan as a whole, from the result down, and also
 * puts a projection below operators that hold or move rows, so that they carry no column in vain.
 *
 * Must not take away: columns of a distinct over all columns; keys of a grouping, which make the groups; the last column of
 * an operator that must have one. The inputs of a union keep the same columns in the same order.
 */
import { columnUses } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import { mapInputs } from "../plan/inputs.js";
import { expressionsOf } from "../plan/map-expressions.js";
import type { Aggregation, Plan, Project, Scan, Union } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";

type Names = ReadonlySet<string>;

/** @returns a plan with the same columns, or the same object. */
export const pruneColumns = (plan: Plan): Plan => prune(plan, new Set(planColumns(plan).map(({ name }) => name)));

const usedBy = (expressions: readonly Expression[]): Names => new Set(columnUses(expressions).keys());

const both = (names: Names, others: Iterable<string>): Names => new Set([...names, ...others]);

/** The items whose names are needed, or the same array. */
const kept = <Item extends { readonly name: string }>(items: readonly Item[], needed: Names): readonly Item[] =>
  items.every(({ name }) => needed.has(name)) ? items : items.filter(({ name }) => needed.has(name));

/** @returns the rows of the plan with at least the columns that are needed, in the order that they had. */
const prune = (plan: Plan, needed: Names): Plan => {
  switch (plan.kind) {
    case "scan":
      return pruneScan(plan, needed);
    case "project":
      return pruneProject(plan, needed);
    case "aggregate":
      return pruneAggregate(plan, needed);
    case "filter":
      return mapInputs(plan, (input) => prune(input, both(needed, usedBy([plan.predicate]))));
    case "limit":
    case "sample":
      return mapInputs(plan, (input) => prune(input, needed));
    case "sort":
      return narrowInput(plan, both(needed, usedBy(expressionsOf(plan))));
    case "distinct":
      return narrowInput(plan, both(needed, plan.columns ?? planColumns(plan.input).map(({ name }) => name)));
    case "explode":
      return narrowInput(plan, both(needed, [plan.column]));
    case "union":
      return pruneUnion(plan, needed);
    default:
      return plan satisfies never;
  }
};

const pruneScan = (scan: Scan, needed: Names): Plan => {
  const columns = kept(scan.columns, needed);
  return columns === scan.columns ? scan : { ...scan, columns };
};

const pruneProject = (project: Project, needed: Names): Plan => {
  const columns = kept(project.columns, needed);
  // Only its rows count, and those are its input's.
  if (columns.length === 0) return prune(project.input, new Set());
  const pruned = columns === project.columns ? project : { ...project, columns };
  return mapInputs(pruned, (input) => prune(input, usedBy(expressionsOf(pruned))));
};

const pruneAggregate = (aggregation: Aggregation, needed: Names): Plan => {
  let aggregates = kept(aggregation.aggregates, needed);
  if (aggregation.keys.length + aggregates.length === 0) aggregates = aggregation.aggregates.slice(0, 1);
  const isSame = aggregates.length === aggregation.aggregates.length;
  const pruned = isSame ? aggregation : { ...aggregation, aggregates };
  return mapInputs(pruned, (input) => prune(input, usedBy(expressionsOf(pruned))));
};

const pruneUnion = (union: Union, needed: Names): Plan => {
  const all = planColumns(union).map(({ name }) => name);
  const names = all.some((name) => needed.has(name)) ? needed : new Set(all.slice(0, 1));
  return narrowInput(union, names);
};

/** Prunes the inputs and leaves exactly the columns that are needed, if there are any. */
const narrowInput = (plan: Plan, needed: Names): Plan =>
  mapInputs(plan, (input) => {
    const pruned = prune(input, needed);
    const columns = planColumns(pruned).filter(({ name }) => needed.has(name));
    if (columns.length === 0 || columns.length === planColumns(pruned).length) return pruned;
    const passedOn = columns.map(({ name }) => ({ name, expression: { kind: "column", name } as const }));
    return { kind: "project", input: pruned, columns: passedOn };
  });
