/**
 * Runs a user module on every chunk of a frame, where it lies, and merges what it returns where a merging function is given.
 * Results are values like any other, one a chunk, until they are merged or leave with the answer.
 */
import { type FrameRecord, type MapModuleArgs, type MergeModuleArgs, ModuleArgs, ModuleRecord } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import { Eau2Error, type ErrorCode, KeyRecord, type TaskRun, toEau2Error, VALUE_BYTES_MAX } from "@eau2/protocol";
import { encodeValue } from "@eau2/serialization";
import { z } from "zod";
import { defineJob, type JobContext, type JobShard } from "./job.js";
import { mergeGroups } from "./merge-tree.js";
import { type ChunkPlace, placeChunks, readingFrame, readRecord } from "./plan-chunks.js";
import { runAll } from "./run-all.js";

const TASKS_PER_SHARD = 2;

/** A module and the key of its bytes. */
const StoredModule = z.strictObject({ ...ModuleRecord.shape, key: KeyRecord });
type StoredModule = z.infer<typeof StoredModule>;

export const MapModuleJobArgs = z.strictObject({
  frame: KeyRecord,
  map: StoredModule,
  merge: StoredModule.nullable(),
  args: ModuleArgs,
  bigints: z.array(z.int().min(0)),
  /** Shards whose chunks are meant; null for all. */
  homes: z.array(z.int().min(0)).nullable(),
});
export type MapModuleJobArgs = z.infer<typeof MapModuleJobArgs>;

/** The results themselves are attached, as one array of encoded values. */
const MapModuleResult = z.strictObject({ results: z.int().min(0) });

/** A result that waits for its turn. */
interface Held {
  readonly key: KeyRecord;
  readonly shard: JobShard;
}

export const mapModuleJob = defineJob({
  name: "frame.map-module",
  args: MapModuleJobArgs as z.ZodType<MapModuleJobArgs>,
  result: MapModuleResult,
  run: async (args, context) => {
    try {
      const held = await readingFrame(args.frame, () => mapFrame(args, context));
      const results = args.merge === null ? held : await mergeAll(args.merge, args.args, held, context);
      context.attach(await collect(args, results, context));
      return { results: results.length };
    } finally {
      await context.store.drop(`x/${context.id}`).catch(() => {});
    }
  },
});

const recordOf = ({ label, exportName, sha256 }: StoredModule): ModuleRecord => ({ label, exportName, sha256 });

const mapFrame = async (args: MapModuleJobArgs, context: JobContext): Promise<Held[]> => {
  const source = await readRecord(args.frame, context);
  const { homes } = args;
  const places = placeChunks(source, context).filter(({ shard }) => homes === null || homes.includes(shard.home));
  return mapChunks(args, source, places, context);
};

const mapChunks = (
  { map, args, bigints }: MapModuleJobArgs,
  source: FrameRecord,
  places: readonly ChunkPlace[],
  context: JobContext,
): Promise<Held[]> => {
  const dictionaries = source.dictionaries.flatMap((dictionary, column) =>
    dictionary === null ? [] : [{ column, key: dictionary.key }],
  );
  const shape = {
    module: recordOf(map),
    args,
    columns: source.schema.columns,
    bigints,
    dictionaries: dictionaries.map(({ column }) => column),
  };
  const progress = counter("map", places.length, context);
  return runAll(
    places,
    ({ shard }) => String(shard.home),
    TASKS_PER_SHARD,
    async ({ index, shard, chunk, firstRow }) => {
      const taskArgs: MapModuleArgs = { ...shape, firstRow, rowCount: chunk.rowCount };
      const key = new Key(`x/${context.id}/m/${index}`, shard.home).toRecord();
      await runOn(shard, "map", context, {
        name: "module.map",
        args: taskArgs,
        inputs: [map.key, chunk.key, ...dictionaries.map((dictionary) => dictionary.key)],
        outputs: { kind: "listed", keys: [key] },
        release: [],
      });
      progress();
      return { key, shard };
    },
    context.abort,
  );
};

const mergeAll = async (
  merge: StoredModule,
  args: Uint8Array | null,
  results: readonly Held[],
  context: JobContext,
): Promise<Held[]> => {
  const taskArgs: MergeModuleArgs = { module: recordOf(merge), args };
  let held = [...results];
  for (let round = 0; held.length > 1; round++) {
    const groups = mergeGroups(held).map((group, index) => ({ group, index }));
    const progress = counter("merge", groups.length, context);
    held = await runAll(
      groups,
      ({ group }) => String(group[0]!.shard.home),
      TASKS_PER_SHARD,
      async ({ group, index }) => {
        const [{ shard }] = group as [Held];
        if (group.length === 1) return group[0]!;
        const key = new Key(`x/${context.id}/r/${round}/${index}`, shard.home).toRecord();
        const inputs = group.map((one) => one.key);
        await runOn(shard, "merge", context, {
          name: "module.merge",
          args: taskArgs,
          inputs: [merge.key, ...inputs],
          outputs: { kind: "listed", keys: [key] },
          release: inputs,
        });
        progress();
        return { key, shard };
      },
      context.abort,
    );
  }
  return held;
};

/** The results in order, as one value. @throws {@link Eau2Error} `VALUE_TOO_LARGE` */
const collect = async ({ map }: MapModuleJobArgs, held: readonly Held[], context: JobContext): Promise<Uint8Array> => {
  let bytes = 0;
  const values = await runAll(
    held,
    ({ shard }) => shard.nodeId,
    TASKS_PER_SHARD,
    async ({ key }) => {
      const value = await context.store.get(Key.from(key), { signal: context.signal });
      if (value === undefined) throw new Eau2Error("CHUNK_LOST", `result "${key.name}" is lost; run it again`);
      bytes += value.length;
      if (bytes > VALUE_BYTES_MAX) {
        throw new Eau2Error(
          "VALUE_TOO_LARGE",
          `${map.label}#${map.exportName}: its results are more than ${VALUE_BYTES_MAX} bytes in all; return less for a chunk, merge them, or make a frame`,
          { bytesMax: VALUE_BYTES_MAX },
        );
      }
      return value;
    },
    context.abort,
  );
  return encodeValue(values, "results hold");
};

const counter = (phase: string, total: number, context: JobContext): (() => void) => {
  let done = 0;
  context.progress({ phase, done, total });
  return () => context.progress({ phase, done: ++done, total });
};

/** What users' code gets wrong is said with the node it happened on; its own stack stays. */
const USERS: readonly ErrorCode[] = [
  "TASK_FAILED",
  "DENIED",
  "USAGE",
  "COLUMN_UNKNOWN",
  "TYPE_MISMATCH",
  "INT64_UNSAFE",
  "TIMESTAMP_UNSAFE",
];

const runOn = async (
  shard: JobShard,
  verb: string,
  context: JobContext,
  task: Omit<TaskRun, "id" | "shard">,
): Promise<void> => {
  try {
    await context.runTask(shard.nodeId, { ...task, shard: shard.home as TaskRun["shard"] });
  } catch (thrown) {
    const error = toEau2Error(thrown);
    if (!USERS.includes(error.code)) throw error;
    const named = new Eau2Error(
      error.code,
      `${verb} on node ${shard.nodeName}: ${error.message}`,
      { ...error.details, node: shard.nodeId },
      { cause: error },
    );
    if (error.stack !== undefined) named.stack = error.stack;
    throw named;
  }
};
