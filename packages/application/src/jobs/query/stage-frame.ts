/** Frames between the stages of a query, and the keys of what they are made of. */
import { FrameId, type FrameRecord, frameChunkPrefix, framePrefix } from "@eau2/dataframe";
import { randomHex } from "@eau2/network";
import type { JobContext } from "../job.js";

/** A frame that a stage reads. */
export interface StageFrame {
  readonly record: FrameRecord;
  /** What this query made of it, to be dropped when it was read. */
  readonly owned: readonly FrameId[];
}

export const newFrameId = ({ random }: Pick<JobContext, "random">): FrameId => FrameId.parse(randomHex(random, 8));

/** The chunks of a result, in order. */
export interface StageChunks {
  readonly chunks: FrameRecord["chunks"];
  readonly bytes: number;
}

/** What a stage makes: chunks, and the dictionary of each column. */
export interface StageResult extends StageChunks {
  readonly dictionaries: FrameRecord["dictionaries"];
}

export const chunkPrefix = (id: FrameId, part: number): string => `${frameChunkPrefix(id)}/${part}`;

/** Frees what nobody reads any more; that it is gone already is as good. */
export const dropStageFrame = async (
  { owned }: Pick<StageFrame, "owned">,
  { store, facts }: JobContext,
): Promise<void> => {
  for (const id of owned) facts.forget(id);
  await Promise.all(owned.map((id) => store.drop(framePrefix(id)).catch(() => {})));
};
