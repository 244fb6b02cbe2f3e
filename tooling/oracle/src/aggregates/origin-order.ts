/** What depends on the order of rows. */
import { groupKey } from "../values.js";
import { type AggregateOfGroup, sameType, valuesOf } from "./aggregate-table.js";

const first: AggregateOfGroup = { type: sameType, of: (rows) => valuesOf(rows)[0] ?? null };
const last: AggregateOfGroup = { type: sameType, of: (rows) => valuesOf(rows).at(-1) ?? null };

const mode: AggregateOfGroup = {
  type: sameType,
  of: (rows) => {
    const values = valuesOf(rows);
    const counts = new Map<string, number>();
    for (const value of values) counts.set(groupKey(value), (counts.get(groupKey(value)) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return values.find((value) => counts.get(groupKey(value)) === most) ?? null;
  },
};

export const ORIGIN_ORDER = { first, last, mode };
