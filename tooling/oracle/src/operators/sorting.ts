import type { Sort } from "@eau2/dataframe";
import { bind } from "../bind.js";
import { compareValues, type Exact, exactOf, type Table } from "../values.js";

export const sortRows = ({ by, limit }: Sort, { columns, rows }: Table): Table => {
  const keys = by.map(({ expression }) => bind(expression, columns));
  const keyed = rows.map((row) => ({ row, key: keys.map((key) => exactOf(key.of(row))) }));
  const compareKeys = (a: readonly Exact[], b: readonly Exact[]): number => {
    for (const [index, { descending, nullsFirst }] of by.entries()) {
      const [x, y] = [a[index]!, b[index]!];
      const nulls = Number(x === null) - Number(y === null);
      if (nulls !== 0) return nullsFirst ? -nulls : nulls;
      const order = x === null ? 0 : compareValues(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
  const sorted = keyed.sort((a, b) => compareKeys(a.key, b.key)).map(({ row }) => row);
  return { columns, rows: limit === null ? sorted : sorted.slice(0, limit) };
};
