/** Shards, and threads of peers, that share the work: the same for all. */
export const SHARD_COUNT = 2;
