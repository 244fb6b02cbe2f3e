import type { SplitTextResult } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import type { JobShard } from "./job.js";
import type { BlockRun } from "./plan-runs.js";

/** A run of blocks that was split; its outputs lie under `prefix`, segment by segment, the dictionary first. */
export interface SplitRun {
  readonly run: BlockRun;
  readonly shard: JobShard;
  readonly prefix: string;
  readonly segments: SplitTextResult["segments"];
  readonly sentBytes: number;
}

export interface StagedChunk {
  readonly key: Key;
  readonly rowCount: number;
}

/** Staged chunks that one task seals. */
export interface SealPlan {
  readonly shard: JobShard;
  /** The segment's new codes, or its dictionary. */
  readonly mapping: Key;
  readonly chunks: readonly StagedChunk[];
  /** Position in the frame of the first of them. */
  readonly firstChunk: number;
}

/** The staged chunks of each segment of a run, in origin order. */
export const chunksOfRun = ({ prefix, segments, shard }: SplitRun): StagedChunk[][] => {
  let output = 0;
  return segments.map((segment) => {
    output++; // its dictionary
    return segment.blocks.flatMap((block) =>
      block.chunks.map((rowCount) => ({ key: new Key(`${prefix}/${output++}`, shard.home), rowCount })),
    );
  });
};
