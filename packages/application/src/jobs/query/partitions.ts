/** What the tasks of a stage send to each other: a block for each task and partition, at the shard that finishes the partition. */
import type { FrameId } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import type { KeyRecord } from "@eau2/protocol";
import type { JobShard } from "../job.js";
import { runAll } from "../run-all.js";
import type { QueryWork } from "./query-work.js";
import { runQueryTask } from "./run-query-task.js";
import { chunkPrefix, type StageChunks } from "./stage-frame.js";

const TASKS_PER_SHARD = 2;

export interface Partitions {
  readonly count: number;
  finisher(partition: number): JobShard;
  /** The blocks that a task makes, one for each partition. */
  keysOfTask(task: number): KeyRecord[];
  /** The blocks of a partition, one of each task. */
  keysOfPartition(partition: number): KeyRecord[];
}

export const partitionsOf = (count: number, taskCount: number, work: QueryWork): Partitions => {
  const { shards } = work.context;
  const scope = work.scope("p");
  const finisher = (partition: number): JobShard => shards[partition % shards.length]!;
  const keyOf = (partition: number, task: number): KeyRecord =>
    new Key(`${scope}/${partition}/${task}`, finisher(partition).home).toRecord();
  const each = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));
  return {
    count,
    finisher,
    keysOfTask: (task) => each(count, (partition) => keyOf(partition, task)),
    keysOfPartition: (partition) => each(taskCount, (task) => keyOf(partition, task)),
  };
};

export interface MergeTask {
  readonly name: string;
  readonly args: unknown;
  /** Values that every partition gets, behind its blocks. */
  readonly tables: readonly KeyRecord[];
  /** Rows of the chunks that were made, from what the task answered. */
  chunksOf(value: unknown): readonly number[];
}

/** Finishes all partitions; their chunks, in partition order, are the result. */
export const mergePartitions = async (
  { name, args, tables, chunksOf }: MergeTask,
  partitions: Partitions,
  id: FrameId,
  work: QueryWork,
): Promise<StageChunks> => {
  const done = work.phase(partitions.count);
  const parts = await runAll(
    Array.from({ length: partitions.count }, (_, partition) => partition),
    (partition) => String(partitions.finisher(partition).home),
    TASKS_PER_SHARD,
    async (partition) => {
      const shard = partitions.finisher(partition);
      const prefix = chunkPrefix(id, partition);
      const blocks = partitions.keysOfPartition(partition);
      const { value, outputBytes } = await runQueryTask(work, shard, {
        name,
        args,
        inputs: [...blocks, ...tables],
        outputs: { kind: "numbered", prefix, home: shard.home as never, first: 0 },
        release: blocks,
      });
      done();
      const chunks = chunksOf(value).map((rowCount, index) => ({
        key: new Key(`${prefix}/${index}`, shard.home).toRecord(),
        rowCount,
      }));
      return { chunks, bytes: outputBytes.reduce((sum, bytes) => sum + bytes, 0) };
    },
    work.context.abort,
  );
  return {
    chunks: parts.flatMap(({ chunks }) => chunks),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
};
