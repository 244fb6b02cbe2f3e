/**
 * DuckDB as a second reference. It is 70 MB and no dependency of ours: whoever wants it names the folder into which npm
 * installed `@duckdb/node-api`.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PlanColumn, ValueType } from "@eau2/dataframe";
import type { Answer } from "../compare.js";
import type { QueryCase } from "../random/random-case.js";
import { bytesOf, textOf } from "../text-bytes.js";
import { elementOf, isFloat, isList } from "../types.js";
import { type Exact, exactOf, type Table } from "../values.js";
import { quoteName, quoteText, sqlType } from "./sql-expression.js";
import { ROW, sqlPlan } from "./sql-plan.js";

const PACKAGE = "@duckdb/node-api";

/** As much of its interface as is used here. */
interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
  closeSync(): void;
}
interface Module {
  DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection>; closeSync(): void }> };
}

export interface DuckDb {
  /** @throws what DuckDB throws, for queries that have no answer. */
  answer(queryCase: QueryCase): Promise<Answer>;
  [Symbol.dispose](): void;
}

/** @param folder - with `node_modules` inside. */
export const openDuckDb = async (folder: string): Promise<DuckDb> => {
  const require = createRequire(join(folder, "package.json"));
  const { DuckDBInstance } = (await import(pathToFileURL(require.resolve(PACKAGE)).href)) as Module;
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET threads = 1");
  return {
    answer: async ({ tables, plan }) => {
      for (const [name, table] of tables) await connection.run(createTable(name, table));
      const { sql, columns } = sqlPlan(plan);
      const rows = (await connection.runAndReadAll(sql)).getRows();
      return { columns, rows: rows.map((row) => row.map((value, index) => readValue(value, columns[index]!.type))) };
    },
    [Symbol.dispose]: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
};

const createTable = (name: string, { columns, rows }: Table): string => {
  const names = [...columns.map((column) => quoteName(column.name)), ROW];
  const all = [...rows.map((row) => row.map(exactOf)), ...(rows.length === 0 ? [columns.map(() => null)] : [])];
  const values = all.map(
    (row, index) => `(${[...row.map((value, at) => sqlValue(value, columns[at]!)), index].join(", ")})`,
  );
  return `CREATE OR REPLACE TEMP TABLE ${quoteName(name)} AS SELECT * FROM (VALUES ${values.join(", ")}) t(${names.join(", ")}) WHERE ${ROW} < ${rows.length}`;
};

const sqlValue = (value: Exact, { type }: Pick<PlanColumn, "type">): string => {
  if (value === null) return `CAST(NULL AS ${sqlType(type)})`;
  if (Array.isArray(value)) {
    const elements = value.map((element: Exact) => sqlValue(element, { type: elementOf(type) }));
    return `CAST([${elements.join(", ")}] AS ${sqlType(type)})`;
  }
  if (type === "date") return `(DATE '1970-01-01' + to_days(${value}))::DATE`;
  if (type === "timestamp") return `make_timestamp(${value}::BIGINT)`;
  const text = Object.is(value, -0) ? "-0" : type === "utf8" ? textOf(value as string) : String(value);
  return `CAST(${quoteText(text)} AS ${sqlType(type)})`;
};

const readValue = (value: unknown, type: ValueType): Exact => {
  if (value === null) return null;
  if (isList(type)) return (value as { items: unknown[] }).items.map((item) => readValue(item, elementOf(type)));
  if (type === "utf8") return bytesOf(value as string);
  if (type === "date") return BigInt((value as { days: number }).days);
  if (type === "timestamp") return (value as { micros: bigint }).micros;
  return isFloat(type) || type === "boolean" ? (value as number | boolean) : BigInt(value as number | bigint);
};
