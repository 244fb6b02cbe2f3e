import { DataFrame, type Plan } from "@eau2/dataframe";
import type { Engine, Tables } from "@eau2/oracle";
import type { KeyRecord } from "@eau2/protocol";
import type { Eau2 } from "../../src/session/eau2.js";
import { readTable, storeTable } from "./table-frame.js";

/** The plan over frames instead of tables. */
const withFrames = (plan: Plan, keys: ReadonlyMap<string, KeyRecord>): Plan => {
  switch (plan.kind) {
    case "scan":
      return { ...plan, frame: keys.get(plan.frame.name)! };
    case "union":
      return { ...plan, inputs: plan.inputs.map((input) => withFrames(input, keys)) };
    default:
      return { ...plan, input: withFrames(plan.input, keys) };
  }
};

/** How tables are laid out, from what they are, so that a case is the same every time. */
const layoutOf = (rowCount: number, columnCount: number) => ({
  chunkRows: [1000, 7, 64][rowCount % 3]!,
  isCoded: (rowCount + columnCount) % 2 === 0,
});

/** Queries of a session: tables become frames, plans travel to the node as bytes, results are read back and dropped. */
export const clusterEngine = ({ store }: Eau2): Engine => {
  const stored = async (tables: Tables) => {
    const keys = new Map<string, KeyRecord>();
    for (const [name, table] of tables)
      keys.set(name, await storeTable(store, table, layoutOf(table.rows.length, table.columns.length)));
    return keys;
  };
  return async (plan, tables) => {
    const keys = await stored(tables);
    try {
      const { key } = await store.queries.run(withFrames(plan, keys), {});
      try {
        return await readTable(await DataFrame.at(store, key));
      } finally {
        await store.queries.release(key);
      }
    } finally {
      for (const key of keys.values()) await store.queries.release(key);
    }
  };
};
