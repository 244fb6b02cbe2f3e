import { hasSlowPattern, type Pipeline } from "@eau2/dataframe";
import { Eau2Error, isEau2Error, type KeyRecord, type TaskRun, type TaskRunReply } from "@eau2/protocol";
import type { JobShard } from "../job.js";
import type { QueryWork } from "./query-work.js";

/** Time that a regular expression which may never come back has for a chunk. */
const PATTERN_CHUNK_MS = 1_000;

interface QueryTask {
  readonly name: string;
  readonly args: unknown;
  readonly inputs: KeyRecord[];
  readonly outputs: TaskRun["outputs"];
  /** Inputs that nobody needs afterwards. */
  readonly release?: KeyRecord[];
  /** Time that it may run, from when a worker has it. @defaultValue none */
  readonly runMs?: number | undefined;
}

/**
 * The time of a task that runs a pipeline over chunks: bounded where a regular expression of it may take for ever.
 * @param passes - times that it does so.
 */
export const runMsOf = (pipeline: Pipeline, chunkCount: number, passes = 1): number | undefined =>
  hasSlowPattern(pipeline) ? PATTERN_CHUNK_MS * chunkCount * passes : undefined;

/** Such a task takes one chunk, so that it is known early that it does not come back. */
export const chunksOfTasks = (pipeline: Pipeline): { readonly chunksMax?: number } =>
  hasSlowPattern(pipeline) ? { chunksMax: 1 } : {};

/** Runs a task on a shard. */
export const runQueryTask = async (
  work: QueryWork,
  shard: JobShard,
  { name, args, inputs, outputs, release = [], runMs }: QueryTask,
): Promise<TaskRunReply> => {
  const task = { name, args, shard: shard.home as TaskRun["shard"], inputs, outputs, release };
  try {
    const reply = await work.context.runTask(shard.nodeId, runMs === undefined ? task : { ...task, runMs });
    work.taskDone(shard, name, reply.outputBytes);
    return reply;
  } catch (error) {
    if (runMs === undefined || !isEau2Error(error, "DEADLINE")) throw error;
    throw new Eau2Error(
      "DEADLINE",
      `a regular expression took longer than ${PATTERN_CHUNK_MS} ms for a chunk, after which it is ended; write it without nested repetition, or without the flags i, u and v, look-around and back-references, for which it cannot be run in linear time`,
      { chunkMs: PATTERN_CHUNK_MS },
      { cause: error },
    );
  }
};
