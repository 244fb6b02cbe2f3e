/** Spreads the blocks of an input over shards as runs of neighbours. Where a block is read never shows in the result. */
import type { Block } from "@eau2/dataframe";

/** Bytes of one run: what one task reads, and what is sent at once to a node that does not see the file. */
export const RUN_BYTES_MAX = 64 * 1024 ** 2;

export interface BlockRun {
  readonly index: number;
  readonly file: number;
  readonly blocks: readonly Block[];
  /** Position among the shards. */
  readonly shard: number;
}

/**
 * Runs get shorter towards the end (half of what is left, over all shards, each round), so that shards finish together;
 * longer ones first, because a run shares one dictionary. (Polychronopoulos, Kuck, "Guided self-scheduling", 1987; here
 * each round is dealt out evenly in advance, so that no shard depends on luck.)
 */
export const planRuns = (blocks: readonly Block[], shardCount: number): BlockRun[] => {
  const runs: BlockRun[] = [];
  let next = 0;
  while (next < blocks.length) {
    const blockCount = Math.max(1, Math.ceil((blocks.length - next) / (2 * shardCount)));
    for (let shard = 0; shard < shardCount && next < blocks.length; shard++) {
      const first = blocks[next]!;
      const run: Block[] = [];
      let bytes = 0;
      while (next < blocks.length && run.length < blockCount) {
        const block = blocks[next]!;
        if (block.file !== first.file || (run.length > 0 && bytes + block.end - block.start > RUN_BYTES_MAX)) break;
        run.push(block);
        bytes += block.end - block.start;
        next++;
      }
      runs.push({ index: runs.length, file: first.file, blocks: run, shard: runs.length % shardCount });
    }
  }
  return runs;
};
