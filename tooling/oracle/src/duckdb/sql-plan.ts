/**
 * Plans in DuckDB's SQL. SQL's rows have no order, ours do: each relation carries the number of its rows in a column of its
 * own, {@link ROW}, that every operator makes anew. Groups and distinct rows are numbered by their first row.
 */
import type { Aggregate, Aggregation, Distinct, Plan, PlanColumn, Project, Sort, Union } from "@eau2/dataframe";
import { bindAggregate } from "../aggregates/aggregate-group.js";
import { elementOf, isFloat } from "../types.js";
import { quoteName, sqlExpression, sqlType, type Typed } from "./sql-expression.js";

export const ROW = '"#row"';

interface Relation {
  readonly sql: string;
  readonly columns: readonly PlanColumn[];
}

/** A query that gives the rows of a plan in their order. Scans read tables of their frames' names that have {@link ROW}. */
export const sqlPlan = (plan: Plan): Relation => {
  const { sql, columns } = relationOf(plan);
  return { columns, sql: `SELECT ${list(columns)} FROM (${sql}) ORDER BY ${ROW}` };
};

const list = (columns: readonly PlanColumn[]): string => columns.map(({ name }) => quoteName(name)).join(", ");
const numbered = (order: string): string => `row_number() OVER (ORDER BY ${order}) AS ${ROW}`;

const relationOf = (plan: Plan): Relation => {
  switch (plan.kind) {
    case "scan":
      return { columns: plan.columns, sql: `SELECT ${list(plan.columns)}, ${ROW} FROM ${quoteName(plan.frame.name)}` };
    case "filter": {
      const { sql, columns } = relationOf(plan.input);
      return { columns, sql: `SELECT * FROM (${sql}) WHERE ${sqlExpression(plan.predicate, columns).sql}` };
    }
    case "project":
      return projectSql(plan, relationOf(plan.input));
    case "aggregate":
      return aggregateSql(plan, relationOf(plan.input));
    case "sort":
      return sortSql(plan, relationOf(plan.input));
    case "distinct":
      return distinctSql(plan, relationOf(plan.input));
    case "limit": {
      const { sql, columns } = relationOf(plan.input);
      return {
        columns,
        sql: `SELECT * FROM (${sql}) ORDER BY ${ROW} LIMIT ${plan.count} OFFSET ${plan.offset}`,
      };
    }
    case "union":
      return unionSql(plan, plan.inputs.map(relationOf));
    case "explode": {
      const { sql, columns } = relationOf(plan.input);
      const exploded = columns.map(({ name, type }) =>
        name === plan.column ? { name, type: elementOf(type) } : { name, type },
      );
      const unnested = columns.map(({ name }) =>
        name === plan.column
          ? `unnest(${quoteName(name)}) AS ${quoteName(name)}, unnest(range(len(${quoteName(name)}))) AS "#element"`
          : quoteName(name),
      );
      const rows = `SELECT ${unnested.join(", ")}, ${ROW} AS "#before" FROM (${sql})`;
      return {
        columns: exploded,
        sql: `SELECT ${list(exploded)}, ${numbered('"#before", "#element"')} FROM (${rows})`,
      };
    }
    case "sample":
      throw new Error("DuckDB does not know which rows a sample picks");
    default:
      return plan satisfies never;
  }
};

const projectSql = (plan: Project, { sql, columns }: Relation): Relation => {
  const computed = plan.columns.map(({ name, expression }) => ({ name, ...sqlExpression(expression, columns) }));
  const items = computed.map((column) => `${column.sql} AS ${quoteName(column.name)}`);
  return { columns: typesOf(computed), sql: `SELECT ${[...items, ROW].join(", ")} FROM (${sql})` };
};

const typesOf = (columns: readonly PlanColumn[]): PlanColumn[] => columns.map(({ name, type }) => ({ name, type }));

/** Either zero may come out of DuckDB's keys. */
const withoutMinusZero = ({ sql, type }: Typed): Typed => ({
  type,
  sql: isFloat(type) ? `CASE WHEN ${sql} = 0 THEN 0 ELSE ${sql} END` : sql,
});

const aggregateSql = ({ keys, aggregates }: Aggregation, { sql, columns }: Relation): Relation => {
  const groups = keys.map(({ name, expression }) => ({
    name,
    ...withoutMinusZero(sqlExpression(expression, columns)),
  }));
  const results = aggregates.map(({ name, aggregate }) => {
    const { type } = bindAggregate(aggregate, columns);
    return { name, type, sql: `CAST(${sqlAggregate(aggregate, columns)} AS ${sqlType(type)})` };
  });
  const items = [...groups, ...results].map((column) => `${column.sql} AS ${quoteName(column.name)}`);
  const by = keys.length === 0 ? "" : ` GROUP BY ${groups.map((_, index) => index + 1).join(", ")}`;
  return {
    columns: typesOf([...groups, ...results]),
    sql: `SELECT ${[...items, `coalesce(min(${ROW}), 0) AS ${ROW}`].join(", ")} FROM (${sql})${by}`,
  };
};

const sqlAggregate = ({ name, args, parameter }: Aggregate, columns: readonly PlanColumn[]): string => {
  const [x, y] = args.map((arg) => sqlExpression(arg, columns));
  const floats = args.map((arg) => `CAST(${sqlExpression(arg, columns).sql} AS DOUBLE)`);
  const [fx, fy] = floats;
  switch (name) {
    case "count":
      return x === undefined ? "count(*)" : `count(${x.sql})`;
    case "countDistinct":
      return `count(DISTINCT ${x!.sql})`;
    case "sum":
      return isFloat(x!.type) ? `sum(${fx})` : `sum(${x!.sql})`;
    case "mean":
      return isFloat(x!.type) ? `avg(${fx})` : `avg(CAST(${x!.sql} AS BIGINT))`;
    case "min":
    case "max":
      return withoutMinusZero({ type: x!.type, sql: `${name}(${x!.sql})` }).sql;
    case "first":
      return `arg_min(${x!.sql}, ${ROW})`;
    case "last":
      return `arg_max(${x!.sql}, ${ROW})`;
    case "mode":
      // NaN is not NaN to it; as text it is.
      return `mode(CAST(${withoutMinusZero(x!).sql} AS VARCHAR) ORDER BY ${ROW})`;
    case "variance":
      return finite(fx!, `var_samp(${fx})`, `count(${fx}) < 2`);
    case "stddev":
      return finite(fx!, `stddev_samp(${fx})`, `count(${fx}) < 2`);
    case "covariance":
      return finite(`${fx} + ${fy}`, `covar_samp(${fx}, ${fy})`, `count(${fx} + ${fy}) < 2`);
    case "corr":
      return finite(`${fx} + ${fy}`, `corr(${fx}, ${fy})`, `count(${fx} + ${fy}) = 0`);
    case "slope":
      return finite(`${fx} + ${fy}`, `regr_slope(${fx}, ${fy})`, `count(${fx} + ${fy}) = 0`);
    case "quantile":
      return `quantile_cont(${fx}, ${parameter})`;
    case "top":
      return `max(${x!.sql}, ${parameter})`;
    case "bottom":
      return `min(${x!.sql}, ${parameter})`;
    case "minBy":
      return `first(${x!.sql} ORDER BY ${y!.sql}, ${ROW}) FILTER (WHERE ${y!.sql} IS NOT NULL)`;
    case "maxBy":
      return `first(${x!.sql} ORDER BY ${y!.sql} DESC, ${ROW}) FILTER (WHERE ${y!.sql} IS NOT NULL)`;
    default:
      return name satisfies never;
  }
};

/** DuckDB's moments end with an error where a value is no finite number; ours are not a number then. */
const finite = (value: string, moment: string, isNull: string): string =>
  `CASE WHEN ${isNull} THEN NULL WHEN bool_or(NOT isfinite(${value})) THEN 'NaN'::DOUBLE ELSE ${moment} FILTER (WHERE isfinite(${value})) END`;

const sortSql = ({ by, limit }: Sort, { sql, columns }: Relation): Relation => {
  const keys = by.map(
    ({ expression, descending, nullsFirst }) =>
      `${sqlExpression(expression, columns).sql} ${descending ? "DESC" : "ASC"} NULLS ${nullsFirst ? "FIRST" : "LAST"}`,
  );
  const sorted = `SELECT ${list(columns)}, ${numbered([...keys, ROW].join(", "))} FROM (${sql})`;
  return { columns, sql: limit === null ? sorted : `SELECT * FROM (${sorted}) WHERE ${ROW} <= ${limit}` };
};

const distinctSql = (plan: Distinct, { sql, columns }: Relation): Relation => {
  const keys = (plan.columns ?? columns.map(({ name }) => name)).map(quoteName).join(", ");
  const ranked = `SELECT *, row_number() OVER (PARTITION BY ${keys} ORDER BY ${ROW}) AS "#rank" FROM (${sql})`;
  const isKey = (name: string): boolean => plan.columns?.includes(name) ?? true;
  const items = columns.map(({ name, type }) => {
    const sql = quoteName(name);
    return isKey(name) ? `${withoutMinusZero({ sql, type }).sql} AS ${sql}` : sql;
  });
  return { columns, sql: `SELECT ${items.join(", ")}, ${ROW} FROM (${ranked}) WHERE "#rank" = 1` };
};

const unionSql = (_: Union, inputs: readonly Relation[]): Relation => {
  const { columns } = inputs[0]!;
  const parts = inputs.map(
    ({ sql }, index) => `SELECT ${list(columns)}, ${ROW} AS "#inner", ${index} AS "#input" FROM (${sql})`,
  );
  return {
    columns,
    sql: `SELECT ${list(columns)}, ${numbered('"#input", "#inner"')} FROM (${parts.join(" UNION ALL ")})`,
  };
};
