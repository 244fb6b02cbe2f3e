/** Which tasks go over a frame's chunks: where these lie, in frame order. */
import { decodeFrameRecord, explainDropped, type FrameRecord } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import { Eau2Error, type KeyRecord } from "@eau2/protocol";
import type { JobContext, JobShard } from "./job.js";

/** Chunks that one task takes at most: fewer partial results, but idle shards can still help. */
const PLAN_CHUNKS_MAX = 64;
/** Whoever finishes a partition gets a block of each task, and a message names at most so many keys: see `TASK_KEYS_MAX`. */
const PLAN_TASKS_MAX = 1_024;

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
  /** Of the chunks in the frame. */
  readonly positions: readonly number[];
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

/** Which chunks are read, by their position in the frame. */
export type IsRead = (index: number) => boolean;
const ALL: IsRead = () => true;

/** Chunks in frame order. @throws {@link Eau2Error} `CHUNK_LOST` when the home of one that is read has gone. */
export const placeChunks = (
  source: FrameRecord,
  { shards }: Pick<JobContext, "shards">,
  isRead: IsRead = ALL,
): ChunkPlace[] => {
  const byHome = new Map(shards.map((shard) => [shard.home, shard]));
  const places: ChunkPlace[] = [];
  let firstRow = 0;
  for (const [index, chunk] of source.chunks.entries()) {
    if (isRead(index)) {
      const { name, home } = chunk.key;
      const shard = byHome.get(home);
      if (shard === undefined) {
        throw new Eau2Error(
          "CHUNK_LOST",
          `frame ${source.id}: chunk "${name}" was on shard ${home}, whose node has gone; load the frame again`,
          { frame: source.id, home },
        );
      }
      places.push({ index, shard, chunk, firstRow });
    }
    firstRow += chunk.rowCount;
  }
  return places;
};

interface PlanChunksOptions {
  readonly isRead?: IsRead;
  /** Chunks of one task where there are few. @defaultValue 64 */
  readonly chunksMax?: number;
  /** Tasks that there are about at most: of more chunks each takes more. @defaultValue 1_024 */
  readonly tasksMax?: number;
}

/** Chunks by home, in frame order. @throws as {@link placeChunks} */
export const planChunks = (
  source: FrameRecord,
  context: Pick<JobContext, "shards">,
  { isRead, chunksMax = PLAN_CHUNKS_MAX, tasksMax = PLAN_TASKS_MAX }: PlanChunksOptions = {},
): ChunkPlan[] => {
  const places = placeChunks(source, context, isRead);
  const size = Math.max(chunksMax, Math.ceil(places.length / tasksMax));
  const byHome = new Map<JobShard, ChunkPlace[][]>();
  for (const place of places) {
    const groups = byHome.get(place.shard) ?? [];
    byHome.set(place.shard, groups);
    const group = groups.at(-1);
    if (group === undefined || group.length === size) groups.push([place]);
    else group.push(place);
  }
  return [...byHome]
    .flatMap(([shard, groups]) => groups.map((group) => ({ shard, group })))
    .map(({ shard, group }, index) => ({
      index,
      shard,
      positions: group.map((place) => place.index),
      chunks: group.map(({ chunk }) => chunk),
      firstRows: group.map(({ firstRow }) => firstRow),
    }));
};
