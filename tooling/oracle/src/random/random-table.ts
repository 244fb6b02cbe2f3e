import type { PlanColumn, ScalarType, ValueType } from "@eau2/dataframe";
import type { Table } from "../values.js";
import type { Dialect } from "./dialect.js";
import type { Random } from "./random.js";
import { randomColumn } from "./random-values.js";

const SCALARS: readonly ScalarType[] = [
  "boolean",
  "int8",
  "int16",
  "int32",
  "int64",
  "int64",
  "float32",
  "float64",
  "float64",
  "float64",
  "utf8",
  "utf8",
  "utf8",
  "date",
  "timestamp",
];
const LISTS: readonly ValueType[] = ["list<int64>", "list<utf8>", "list<float64>", "list<boolean>", "list<date>"];
const NAMES = ["a", "b", "c", "constructor", "__proto__", "select", "two words", 'quo"te', "größe", "A", "x", "y", "z"];

/** @param size - about how many rows there may be. */
export const randomTable = (random: Random, size: number, dialect: Dialect): Table => {
  const rowCount = random.chance(0.05)
    ? 0
    : random.pick([1, 2, 1 + random.below(size), 1 + random.below(size), size, size, size]);
  const columns: PlanColumn[] = random.some(NAMES, random.between(1, 7)).map((name) => ({
    name,
    type: random.chance(0.12) ? random.pick(LISTS) : random.pick(SCALARS),
  }));
  const values = columns.map(({ type }) => randomColumn(random, type, rowCount, dialect));
  return { columns, rows: Array.from({ length: rowCount }, (_, row) => values.map((column) => column[row]!)) };
};
