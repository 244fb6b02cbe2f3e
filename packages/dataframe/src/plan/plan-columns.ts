/** The columns of a plan's result, and at the same time the check that it has some: names, types and constants. */
import { Eau2Error } from "@eau2/protocol";
import { SCHEMA_COLUMNS_MAX, SchemaRecord } from "../column/schema-record.js";
import { resolveType } from "../expression/resolve-type.js";
import { elementOf, isList, isScalar } from "../expression/value-types.js";
import { columnUnknown } from "../schema/schema.js";
import { aggregateType } from "./aggregate-type.js";
import type { Aggregation, Distinct, Explode, Filter, Plan, PlanColumn, Project, Sort, Union } from "./plan.js";

/** Queries grow node by node; frozen plans never change, so that each node is looked at once. */
const known = new WeakMap<Plan, readonly PlanColumn[]>();

/**
 * @throws {@link Eau2Error} `COLUMN_UNKNOWN`, `TYPE_MISMATCH`, `USAGE`: the first thing that is wrong, inputs first, in a
 * message that begins with the step.
 */
export const planColumns = (plan: Plan): readonly PlanColumn[] => {
  let columns = known.get(plan);
  if (columns === undefined) {
    columns = columnsOf(plan);
    if (Object.isFrozen(plan)) known.set(plan, columns);
  }
  return columns;
};

const columnsOf = (plan: Plan): readonly PlanColumn[] => {
  switch (plan.kind) {
    case "scan":
      return distinctNames("scan", plan.columns);
    case "filter":
      return filterColumns(plan);
    case "project":
      return projectColumns(plan);
    case "aggregate":
      return aggregateColumns(plan);
    case "sort":
      return sortColumns(plan);
    case "distinct":
      return distinctColumns(plan);
    case "limit":
    case "sample":
      return planColumns(plan.input);
    case "union":
      return unionColumns(plan);
    case "explode":
      return explodeColumns(plan);
    default:
      return plan satisfies never;
  }
};

const filterColumns = ({ input, predicate }: Filter): readonly PlanColumn[] => {
  const columns = planColumns(input);
  const type = resolveType(predicate, columns, "filter");
  if (type === "boolean") return columns;
  throw new Eau2Error("TYPE_MISMATCH", `filter: the condition must be a boolean; it is ${type}`);
};

const projectColumns = ({ input, columns }: Project): readonly PlanColumn[] => {
  const there = planColumns(input);
  if (columns.length === 0) throw new Eau2Error("USAGE", "select: no columns are left; name at least one");
  const types = columns.map(({ name, expression }) => ({
    name,
    type: resolveType(expression, there, expression.kind === "column" ? "select" : `column "${name}"`),
  }));
  return distinctNames("select", types);
};

const aggregateColumns = ({ input, keys, aggregates }: Aggregation): readonly PlanColumn[] => {
  const there = planColumns(input);
  const groups = keys.map(({ name, expression }) => {
    const type = resolveType(expression, there, `groupBy "${name}"`);
    if (isScalar(type)) return { name, type };
    throw new Eau2Error(
      "TYPE_MISMATCH",
      `groupBy "${name}": lists cannot be keys, and it is ${type}; explode it first`,
    );
  });
  const results = aggregates.map(({ name, aggregate }) => ({
    name,
    type: aggregateType(aggregate, there, `agg "${name}"`),
  }));
  if (groups.length + results.length === 0) throw new Eau2Error("USAGE", "agg: name at least one aggregate");
  return distinctNames("agg", [...groups, ...results]);
};

const sortColumns = ({ input, by }: Sort): readonly PlanColumn[] => {
  const columns = planColumns(input);
  for (const [index, { expression }] of by.entries()) {
    const type = resolveType(expression, columns, `sort key ${index + 1}`);
    if (isList(type))
      throw new Eau2Error("TYPE_MISMATCH", `sort key ${index + 1}: lists have no order, and it is ${type}`);
  }
  return columns;
};

const distinctColumns = ({ input, columns }: Distinct): readonly PlanColumn[] => {
  const there = planColumns(input);
  for (const name of columns ?? there.map((column) => column.name)) {
    const { type } = columnNamed(there, name, "distinct");
    if (isScalar(type)) continue;
    throw new Eau2Error("TYPE_MISMATCH", `distinct: lists are not compared, and column "${name}" is ${type}`, {
      column: name,
    });
  }
  return there;
};

const unionColumns = ({ inputs }: Union): readonly PlanColumn[] => {
  const [first, ...others] = inputs.map(planColumns);
  for (const [index, columns] of others.entries()) {
    for (let at = 0; at < Math.max(first!.length, columns.length); at++) {
      const [mine, other] = [first![at], columns[at]];
      if (mine?.name === other?.name && mine?.type === other?.type) continue;
      const shown = (column: PlanColumn | undefined) =>
        column === undefined ? "not there" : `"${column.name}" (${column.type})`;
      throw new Eau2Error(
        "TYPE_MISMATCH",
        `union: column ${at + 1} is ${shown(mine)}, and ${shown(other)} in input ${index + 2}; select or cast until they agree`,
      );
    }
  }
  return first!;
};

const explodeColumns = ({ input, column }: Explode): readonly PlanColumn[] => {
  const columns = planColumns(input);
  const { type } = columnNamed(columns, column, "explode");
  if (!isList(type)) {
    throw new Eau2Error("TYPE_MISMATCH", `explode: column "${column}" must be a list; it is ${type}`, { column });
  }
  return columns.map((other) => (other.name === column ? { name: column, type: elementOf(type) } : other));
};

const columnNamed = (columns: readonly PlanColumn[], name: string, step: string): PlanColumn => {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const { code, message, details } = columnUnknown(
    name,
    columns.map((candidate) => candidate.name),
  );
  throw new Eau2Error(code, `${step}: ${message}`, details);
};

const distinctNames = (step: string, columns: readonly PlanColumn[]): readonly PlanColumn[] => {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) {
      throw new Eau2Error("USAGE", `${step}: two columns would be called "${name}"; rename one`, { column: name });
    }
    seen.add(name);
  }
  if (columns.length > SCHEMA_COLUMNS_MAX) {
    throw new Eau2Error("USAGE", `${step}: there would be ${columns.length} columns, and ${SCHEMA_COLUMNS_MAX} can be`);
  }
  const parsed = SchemaRecord.safeParse({ columns });
  if (parsed.success) return columns;
  throw new Eau2Error("USAGE", `${step}: ${parsed.error.issues[0]!.message}`);
};
