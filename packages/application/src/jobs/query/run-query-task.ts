import type { KeyRecord, TaskRun, TaskRunReply } from "@eau2/protocol";
import type { JobContext, JobShard } from "../job.js";

interface QueryTask {
  readonly name: string;
  readonly args: unknown;
  readonly inputs: KeyRecord[];
  readonly outputs: TaskRun["outputs"];
  /** Inputs that nobody needs afterwards. */
  readonly release?: KeyRecord[];
}

/** Runs a task on a shard. */
export const runQueryTask = (
  context: JobContext,
  shard: JobShard,
  { name, args, inputs, outputs, release = [] }: QueryTask,
): Promise<TaskRunReply> =>
  context.runTask(shard.nodeId, { name, args, shard: shard.home as TaskRun["shard"], inputs, outputs, release });
