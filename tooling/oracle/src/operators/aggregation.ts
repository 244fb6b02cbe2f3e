import type { Aggregation } from "@eau2/dataframe";
import { bindAggregate } from "../aggregates/aggregate-group.js";
import { bind } from "../bind.js";
import { exactOf, groupKey, type Row, type Table, withoutMinusZero } from "../values.js";

/** Groups come in the order of their first rows. */
export const aggregateRows = ({ keys, aggregates }: Aggregation, { columns, rows }: Table): Table => {
  const boundKeys = keys.map(({ expression }) => bind(expression, columns));
  const boundAggregates = aggregates.map(({ aggregate }) => bindAggregate(aggregate, columns));
  const groups = new Map<string, { readonly key: Row; readonly rows: Row[] }>();
  if (keys.length === 0) groups.set("[]", { key: [], rows: [] });
  for (const row of rows) {
    const key = boundKeys.map((bound) => withoutMinusZero(exactOf(bound.of(row))));
    const text = groupKey(key);
    if (!groups.has(text)) groups.set(text, { key, rows: [] });
    groups.get(text)!.rows.push(row);
  }
  return {
    columns: [
      ...keys.map(({ name }, index) => ({ name, type: boundKeys[index]!.type })),
      ...aggregates.map(({ name }, index) => ({ name, type: boundAggregates[index]!.type })),
    ],
    rows: [...groups.values()].map((group) => [...group.key, ...boundAggregates.map((bound) => bound.of(group.rows))]),
  };
};
