/**
 * Map and reduce over the chunks of a frame, for any pair of registered tasks. Map tasks run where the chunks lie and make
 * one partial result for each hash partition of their keys; partials go straight to the shard that finishes the
 * partition; the result is a frame of those partitions. How many there are depends on the frame's rows alone.
 */
import {
  CHUNK_ROWS,
  CHUNK_ROWS_MAX,
  ColumnRecord,
  encodeFrameRecord,
  FrameId,
  type FrameRecord,
  frameChunkPrefix,
  framePrefix,
  frameRecordName,
  type MapArgs,
  partitionCount,
  type ReduceArgs,
  ReduceResult,
} from "@eau2/dataframe";
import { hashName, Key } from "@eau2/kvstore";
import { randomHex } from "@eau2/network";
import { Eau2Error, KeyRecord, type TaskRun } from "@eau2/protocol";
import { z } from "zod";
import { defineJob, type JobContext, type JobShard } from "./job.js";
import { planChunks, readingFrame, readRecord } from "./plan-chunks.js";
import { runAll } from "./run-all.js";
import { Phase, Stopwatch } from "./stopwatch.js";

const TASKS_PER_SHARD = 2;

const TaskName = z.strictObject({
  task: z.string(),
  /** The task's own arguments; the job adds what {@link MapArgs} or {@link ReduceArgs} say. */
  args: z.record(z.string(), z.unknown()),
});

export const MapReduceArgs = z.strictObject({
  frame: KeyRecord,
  /** Position of the column that is mapped. */
  column: z.int().min(0),
  map: z.strictObject({
    ...TaskName.shape,
    /** Whether the column's dictionary, if it has one, is the last input of every map task, behind the chunks. */
    withDictionary: z.boolean().default(false),
  }),
  reduce: TaskName,
  /** The result's columns, and for each the position of the source column whose dictionary it refers to, or null. */
  columns: z.array(z.strictObject({ ...ColumnRecord.shape, dictionaryOf: z.int().min(0).nullable() })).min(1),
  chunkRows: z.int().min(1).max(CHUNK_ROWS_MAX).default(CHUNK_ROWS),
});
export type MapReduceArgs = z.infer<typeof MapReduceArgs>;

export const MapReduceResult = z.strictObject({
  frame: KeyRecord,
  rowCount: z.int(),
  partitionCount: z.int(),
  phases: z.array(Phase),
});
export type MapReduceResult = z.infer<typeof MapReduceResult>;

export const mapReduceJob = defineJob<MapReduceArgs, MapReduceResult>({
  name: "frame.map-reduce",
  args: MapReduceArgs as z.ZodType<MapReduceArgs>,
  result: MapReduceResult,
  run: async (args, context) => {
    const id = FrameId.parse(randomHex(context.random, 8));
    try {
      return await readingFrame(args.frame, () => mapReduce(args, id, context));
    } catch (error) {
      context.abort(error);
      await context.store.drop(framePrefix(id)).catch(() => {});
      throw error;
    } finally {
      await context.store.drop(`x/${context.id}`).catch(() => {});
    }
  },
});

const mapReduce = async (args: MapReduceArgs, id: FrameId, context: JobContext): Promise<MapReduceResult> => {
  const watch = new Stopwatch(context);
  const source = await readRecord(args.frame, context);
  assertColumns(args, source);
  const dictionary = source.dictionaries[args.column] ?? null;
  // There are no more groups than strings in the dictionary.
  const partitions = partitionCount(Math.min(source.rowCount, dictionary?.size ?? source.rowCount));
  const shape = { column: args.column, dictionarySize: dictionary?.size ?? null };
  const finisher = (partition: number): JobShard => context.shards[partition % context.shards.length]!;
  const dictionaryKeys = args.map.withDictionary && dictionary !== null ? [dictionary.key] : [];
  const plans = planChunks(source, context);
  const partialKey = (partition: number, task: number) =>
    new Key(`x/${context.id}/p/${partition}/${task}`, finisher(partition).home).toRecord();
  const total = plans.length + partitions;
  let done = 0;
  const progress = () => context.progress({ phase: "count", done, total });
  progress();
  await runAll(
    plans,
    ({ shard }) => String(shard.home),
    TASKS_PER_SHARD,
    async ({ index, shard, chunks, firstRows }) => {
      const mapArgs: MapArgs = { ...shape, partitionCount: partitions, firstRows };
      await context.runTask(shard.nodeId, {
        name: args.map.task,
        args: { ...args.map.args, ...mapArgs },
        shard: shard.home as TaskRun["shard"],
        inputs: [...chunks.map(({ key }) => key), ...dictionaryKeys],
        outputs: {
          kind: "listed",
          keys: Array.from({ length: partitions }, (_, partition) => partialKey(partition, index)),
        },
        release: [],
      });
      done++;
      progress();
    },
    context.abort,
  );
  watch.lap("map");
  const finished = await runAll(
    Array.from({ length: partitions }, (_, partition) => partition),
    (partition) => String(finisher(partition).home),
    TASKS_PER_SHARD,
    async (partition) => {
      const shard = finisher(partition);
      const home = shard.home as TaskRun["shard"];
      const reduceArgs: ReduceArgs = { ...shape, chunkRows: args.chunkRows };
      const prefix = `${frameChunkPrefix(id)}/${partition}`;
      const inputs = plans.map(({ index }) => partialKey(partition, index));
      const { value, outputBytes } = await context.runTask(shard.nodeId, {
        name: args.reduce.task,
        args: { ...args.reduce.args, ...reduceArgs },
        shard: home,
        inputs,
        outputs: { kind: "numbered", prefix, home, first: 0 },
        release: inputs,
      });
      done++;
      progress();
      const chunks = ReduceResult.parse(value).chunks.map((rowCount, index) => ({
        key: new Key(`${prefix}/${index}`, shard.home).toRecord(),
        rowCount,
      }));
      return { chunks, bytes: outputBytes.reduce((sum, bytes) => sum + bytes, 0) };
    },
    context.abort,
  );
  watch.lap("reduce");
  const chunks = finished.flatMap((partition) => partition.chunks);
  const record: FrameRecord = {
    id,
    schema: { columns: args.columns.map(({ name, type }) => ({ name, type })) },
    rowCount: chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0),
    chunks,
    dictionaries: args.columns.map(({ dictionaryOf }) =>
      dictionaryOf === null ? null : (source.dictionaries[dictionaryOf] ?? null),
    ),
    bytes: finished.reduce((sum, partition) => sum + partition.bytes, 0),
  };
  const name = frameRecordName(id);
  const key = new Key(name, context.shards[hashName(name) % context.shards.length]!.home);
  await context.store.put(key, encodeFrameRecord(record), { signal: context.signal });
  // Who drops the source drops its record first, and then the dictionaries that no record refers to. As long as that of the
  // source is there, ours will be seen; if it is not, the dictionary may be gone, or be going.
  if (record.dictionaries.some((shared) => shared !== null)) await readRecord(args.frame, context);
  return { frame: key.toRecord(), rowCount: record.rowCount, partitionCount: partitions, phases: watch.phases };
};

/** @throws {@link Eau2Error} `COLUMN_UNKNOWN` for a position that the frame does not have. */
const assertColumns = (args: MapReduceArgs, { id, schema }: FrameRecord): void => {
  const positions = [args.column, ...args.columns.map(({ dictionaryOf }) => dictionaryOf ?? 0)];
  const column = positions.find((position) => position >= schema.columns.length);
  if (column === undefined) return;
  const there = schema.columns.map(({ name }) => `"${name}"`).join(", ");
  throw new Eau2Error(
    "COLUMN_UNKNOWN",
    `frame ${id}: there is no column at position ${column}; it has ${there}, counted from 0`,
    { column },
  );
};
