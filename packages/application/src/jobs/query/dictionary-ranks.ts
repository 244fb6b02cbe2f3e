/** The order of a dictionary's strings, as values beside it. */
import { Key } from "@eau2/kvstore";
import type { KeyRecord } from "@eau2/protocol";
import type { QueryWork } from "./query-work.js";
import { runQueryTask } from "./run-query-task.js";

export interface RankKeys {
  /** The rank of each code. */
  readonly ranks: KeyRecord;
  /** The code of each rank. */
  readonly codes: KeyRecord;
}

/** Made once a query. */
export const dictionaryRanks = (dictionary: KeyRecord, work: QueryWork): Promise<RankKeys> =>
  work.once(`ranks ${dictionary.name}`, async () => {
    const { context } = work;
    const shard = context.shards.find(({ home }) => home === dictionary.home) ?? context.shards[0]!;
    const scope = work.scope("r");
    const ranks = new Key(`${scope}/ranks`, shard.home).toRecord();
    const codes = new Key(`${scope}/codes`, shard.home).toRecord();
    await runQueryTask(work, shard, {
      name: "query.ranks",
      args: {},
      inputs: [dictionary],
      outputs: { kind: "listed", keys: [ranks, codes] },
    });
    return { ranks, codes };
  });
