import { Key } from "@eau2/kvstore";
import type { JobShard } from "./job.js";
import type { BlockRun } from "./plan-runs.js";

/** Rows of a block, as its chunks. */
export interface SplitBlock {
  /** Rows of each of its chunks. */
  readonly chunks: readonly number[];
}

/** A run of blocks that was split; its outputs lie under `prefix`, segment by segment, dictionaries before chunks. */
export interface SplitRun<Block extends SplitBlock = SplitBlock> {
  readonly run: BlockRun;
  readonly shard: JobShard;
  readonly prefix: string;
  readonly segments: readonly { readonly blocks: readonly Block[] }[];
  /** Dictionaries of each segment: one for each text column. */
  readonly dictionaryCount: number;
  /** Size of each output. */
  readonly outputBytes: readonly number[];
  readonly sentBytes: number;
}

export interface StagedChunk {
  readonly key: Key;
  readonly rowCount: number;
  readonly bytes: number;
}

/** What one segment of a run made. */
export interface StagedSegment {
  readonly shard: JobShard;
  /** One for each text column, in their order. */
  readonly dictionaries: readonly Key[];
  /** In origin order. */
  readonly chunks: readonly StagedChunk[];
}

/** The segments of all runs, in origin order. */
export const stagedSegments = (runs: readonly SplitRun[]): StagedSegment[] =>
  runs.flatMap(({ prefix, segments, shard, dictionaryCount, outputBytes }) => {
    let output = 0;
    const next = () => ({ key: new Key(`${prefix}/${output}`, shard.home), bytes: outputBytes[output++]! });
    return segments.map(({ blocks }) => ({
      shard,
      dictionaries: Array.from({ length: dictionaryCount }, () => next().key),
      chunks: blocks.flatMap(({ chunks }) => chunks.map((rowCount) => ({ ...next(), rowCount }))),
    }));
  });
