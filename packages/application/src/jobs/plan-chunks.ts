/** Which tasks go over a frame's chunks: where these lie, in frame order. */
import { decodeFrameRecord, explainDropped, type FrameRecord } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import { Eau2Error, type KeyRecord } from "@eau2/protocol";
import type { JobContext, JobShard } from "./job.js";

/** Chunks that one task takes at most: fewer partial results, but idle shards can still help. */
const PLAN_CHUNKS_MAX = 64;

/** A chunk, and where it lies. */
export interface ChunkPlace {
  /** Position in the frame. */
  readonly index: number;
  readonly shard: JobShard;
  readonly chunk: FrameRecord["chunks"][number];
  readonly firstRow: number;
}

/** Chunks of one shard that one task takes. */
export interface ChunkPlan {
  readonly index: number;
  readonly shard: JobShard;
  readonly chunks: FrameRecord["chunks"];
  readonly firstRows: number[];
}

/** @throws {@link Eau2Error} `CHUNK_LOST` when it is not there, `KEY_DROPPED` */
export const readRecord = async (key: KeyRecord, { store, signal }: JobContext): Promise<FrameRecord> => {
  const bytes = await store.get(Key.from(key), { signal });
  if (bytes === undefined)
    throw new Eau2Error("CHUNK_LOST", `frame "${key.name}" of shard ${key.home} is not there`, { home: key.home });
  return decodeFrameRecord(bytes);
};

/** Does what reads a frame; what was dropped meanwhile is said in terms of the frame. */
export const readingFrame = async <T>(key: KeyRecord, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    throw explainDropped(error, key);
  }
};

/** All chunks in frame order. @throws {@link Eau2Error} `CHUNK_LOST` when the home of one has gone. */
export const placeChunks = (source: FrameRecord, { shards }: Pick<JobContext, "shards">): ChunkPlace[] => {
  const byHome = new Map(shards.map((shard) => [shard.home, shard]));
  let firstRow = 0;
  return source.chunks.map((chunk, index) => {
    const { name, home } = chunk.key;
    const shard = byHome.get(home);
    if (shard === undefined) {
      throw new Eau2Error(
        "CHUNK_LOST",
        `frame ${source.id}: chunk "${name}" was on shard ${home}, whose node has gone; load the frame again`,
        { frame: source.id, home },
      );
    }
    const place = { index, shard, chunk, firstRow };
    firstRow += chunk.rowCount;
    return place;
  });
};

/** Chunks by home, in frame order. @throws {@link Eau2Error} `CHUNK_LOST` when the home of one has gone. */
export const planChunks = (source: FrameRecord, context: Pick<JobContext, "shards">): ChunkPlan[] => {
  const byHome = new Map<JobShard, { chunks: FrameRecord["chunks"]; firstRows: number[] }[]>();
  for (const { shard, chunk, firstRow } of placeChunks(source, context)) {
    let groups = byHome.get(shard);
    if (groups === undefined) {
      groups = [];
      byHome.set(shard, groups);
    }
    let group = groups.at(-1);
    if (group === undefined || group.chunks.length === PLAN_CHUNKS_MAX) {
      group = { chunks: [], firstRows: [] };
      groups.push(group);
    }
    group.chunks.push(chunk);
    group.firstRows.push(firstRow);
  }
  const plans: ChunkPlan[] = [];
  for (const [shard, groups] of byHome) {
    for (const group of groups) plans.push({ index: plans.length, shard, ...group });
  }
  return plans;
};
