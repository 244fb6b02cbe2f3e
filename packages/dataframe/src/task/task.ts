import type { TaskContext, TaskResult } from "@eau2/kvstore";
import { Eau2Error } from "@eau2/protocol";
import type { z } from "zod";

/**
 * Work that a shard does: a name that crosses the wire, arguments that are checked where they arrive, and a body that sees
 * its inputs in place and makes outputs in shared memory. A task is pure: the same inputs give the same outputs, so it
 * can be run again anywhere.
 */
export interface Task<Args> {
  readonly name: string;
  readonly args: z.ZodType<Args>;
  run(args: Args, context: TaskContext): TaskResult | Promise<TaskResult>;
}

/** Keeps the type of the arguments while tasks are listed together. */
export const defineTask = <Args>(task: Task<Args>): Task<Args> => task;

/** A task as the worker calls it. @throws {@link Eau2Error} `DATA_INVALID` for arguments that its schema refuses. */
export const callTask = <Args>(
  task: Task<Args>,
  args: unknown,
  context: TaskContext,
): TaskResult | Promise<TaskResult> => {
  const parsed = task.args.safeParse(args);
  if (parsed.success) return task.run(parsed.data, context);
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? "" : ` at ${issue.path.join(".") || "its top"}: ${issue.message}`;
  throw new Eau2Error("DATA_INVALID", `task ${task.name}: its arguments are not what it takes${where}`, {
    task: task.name,
  });
};
