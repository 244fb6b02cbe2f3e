import { groupKey } from "../values.js";
import { type AggregateOfGroup, valuesOf } from "./aggregate-table.js";

const count: AggregateOfGroup = {
  type: () => "int64",
  of: (rows, args) => BigInt(args.length === 0 ? rows.length : valuesOf(rows).length),
};

const countDistinct: AggregateOfGroup = {
  type: () => "int64",
  of: (rows) => BigInt(new Set(valuesOf(rows).map(groupKey)).size),
};

export const COUNTS = { count, countDistinct };
