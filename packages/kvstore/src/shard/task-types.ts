import type { RangeRef } from "../slab/range.js";

/** What is asked of a shard: a registered task by name, with arguments that the structured clone algorithm can copy. */
export interface TaskRequest {
  readonly name: string;
  readonly args: unknown;
  /** Live ranges of the node's pool; they may be freed at any time, their bytes stay until the task is over. */
  readonly inputs: readonly RangeRef[];
}

/** A request as a worker gets it. */
export interface Task extends TaskRequest {
  readonly taskId: number;
  /** Time left when the worker was given the task; undefined means no limit. */
  readonly timeLeftMs: number | undefined;
}

/** What a task hands back. */
export interface TaskResult {
  /** Copied by structured clone: small. Bulk goes into `outputs`. */
  readonly value: unknown;
  /** Ranges that this task allocated, whole or their beginning; whoever asked for the task owns them now. */
  readonly outputs: readonly RangeRef[];
}

export interface TaskAllocation {
  readonly ref: RangeRef;
  /** Content is undefined before it is written. */
  readonly view: Uint8Array;
}

/** What a task function may use while it runs, and not after. */
export interface TaskContext {
  /** The inputs in place, in order. Other threads read the same bytes: they are never written to. */
  readonly inputs: readonly Uint8Array[];
  readonly timeLeftMs: number | undefined;
  /**
   * Asks the node for memory. What is not returned as an output is freed when the task is over, however it ends.
   * @throws Eau2Error `MEMORY_EXCEEDED`; `CANCELLED` when the task was given up
   */
  allocate(bytes: number): Promise<TaskAllocation>;
  /**
   * Gives memory outside the heap that the task has dropped, as that of a WebAssembly instance, back to the system: the worker
   * would otherwise keep it until its heap happens to be collected. Takes some milliseconds.
   */
  reclaim(): void;
  /** Sends a value (structured clone) to whoever waits for the task. */
  progress(value: unknown): void;
  /** Whether nobody waits any more. One atomic load: cheap enough for every few thousand rows of a loop. */
  cancelled(): boolean;
}

/** An `Eau2Error` it throws goes to the caller and the worker stays; anything else is `TASK_FAILED` and replaces the worker. */
export type TaskFunction = (args: unknown, context: TaskContext) => TaskResult | Promise<TaskResult>;
export type TaskRegistry = ReadonlyMap<string, TaskFunction>;
