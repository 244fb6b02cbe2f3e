/** Spreads the blocks of an input over shards as runs of neighbours. Where a block is read never shows in the result. */
import type { Block } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";

/** Bytes of one run: what one task reads, and what is sent at once to a node that does not see the file. */
export const RUN_BYTES_MAX = 64 * 1024 ** 2;

/** Chunks that one task makes: its outputs are named in one message. */
export const RUN_CHUNKS_MAX = 2_048;

/** What the rows of a block become. */
export interface RowShape {
  readonly mode: "words" | "lines";
  readonly chunkRows: number;
  /** Blocks that hold more than their bytes: what they become is known when they have been read. */
  readonly isCompressed?: (block: Block) => boolean;
}

export interface BlockRun {
  readonly index: number;
  readonly file: number;
  readonly blocks: readonly Block[];
  /** Position among the shards. */
  readonly shard: number;
}

/** Chunks that a block may have, at worst: a word and what follows it have two bytes, an empty line has one. */
const chunkCountMax = (block: Block, { mode, chunkRows, isCompressed }: RowShape): number =>
  isCompressed?.(block) === true
    ? 1
    : Math.max(1, Math.ceil((block.end - block.start) / (mode === "words" ? 2 : 1) / chunkRows));

const tooManyChunks = ({ start, end }: Block, shape: RowShape): Eau2Error => {
  const rows = Math.ceil(((end - start) / RUN_CHUNKS_MAX) * (shape.mode === "words" ? 0.5 : 1));
  const bytes = RUN_CHUNKS_MAX * shape.chunkRows * (shape.mode === "words" ? 2 : 1);
  return new Eau2Error(
    "USAGE",
    `load with ${shape.chunkRows} rows a chunk: a block of ${end - start} bytes may have more than ${RUN_CHUNKS_MAX} chunks; ` +
      `take at least ${rows} rows a chunk, or blocks of at most ${bytes} bytes`,
    { chunkRows: shape.chunkRows, chunkRowsMin: rows, blockBytesMax: bytes },
  );
};

/** Share of the blocks that are left which a round of runs, one for each shard, takes. */
const ROUND_SHARE = 0.75;

/**
 * Runs get shorter towards the end (three quarters of what is left, over all shards, each round), so that shards finish
 * together; longer ones first, because a run shares one dictionary, which every further run learns anew.
 * (Polychronopoulos, Kuck, "Guided self-scheduling", 1987; here each round is dealt out evenly in advance, so that no
 * shard depends on luck.)
 * @throws {@link Eau2Error} `USAGE` when a single block may have more than {@link RUN_CHUNKS_MAX} chunks.
 */
export const planRuns = (blocks: readonly Block[], shardCount: number, shape: RowShape): BlockRun[] => {
  const runs: BlockRun[] = [];
  let next = 0;
  while (next < blocks.length) {
    const blockCount = Math.max(1, Math.ceil(((blocks.length - next) * ROUND_SHARE) / shardCount));
    for (let shard = 0; shard < shardCount && next < blocks.length; shard++) {
      const first = blocks[next]!;
      const run: Block[] = [];
      let bytes = 0;
      let chunks = 0;
      while (next < blocks.length && run.length < blockCount) {
        const block = blocks[next]!;
        bytes += block.end - block.start;
        chunks += chunkCountMax(block, shape);
        const isFull = block.file !== first.file || bytes > RUN_BYTES_MAX || chunks > RUN_CHUNKS_MAX;
        if (run.length > 0 && isFull) break;
        if (chunks > RUN_CHUNKS_MAX) throw tooManyChunks(block, shape);
        run.push(block);
        next++;
      }
      runs.push({ index: runs.length, file: first.file, blocks: run, shard: runs.length % shardCount });
    }
  }
  return runs;
};
