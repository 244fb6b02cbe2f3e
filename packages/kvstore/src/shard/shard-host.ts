import type { TaskRequest, TaskResult } from "./task-types.js";

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** When it is up the caller gets `DEADLINE`. @defaultValue no limit */
  readonly timeLeftMs?: number;
  /** The same, from when a worker has the task: what it waits before does not count. @defaultValue no limit */
  readonly runMs?: number;
  /** Called with what the task reports, in order, never after `run` has settled. */
  readonly onProgress?: (value: unknown) => void;
}

export interface CloseOptions {
  /** Tasks that run may take this long to finish; then their workers are ended. @defaultValue 0 */
  readonly drainMs?: number;
}

/** Where tasks of a node run: worker threads in production, the simulator's own elsewhere. */
export interface ShardHost {
  /** Shards of this node; they are numbered from 0 here, whatever their index in the cluster. */
  readonly shardCount: number;
  /**
   * Runs a task on a shard, or on an idle one of the same node.
   * @returns the task's result; its outputs belong to the caller, who frees them in the end.
   * @throws Eau2Error `BUSY` when the queue is full; `DEADLINE` or `CANCELLED` as soon as the time is up or the signal
   * is aborted; `NODE_GONE` when the host is closed; `TASK_FAILED` when the task threw, lost its worker, or no worker
   * can be started; what the task threw, if that is an `Eau2Error`.
   */
  run(shard: number, task: TaskRequest, options?: RunOptions): Promise<TaskResult>;
  /** Makes every worker forget slabs that were let go, and settles when their memory was given back. */
  recycleIdle(slabIds: readonly number[]): Promise<void>;
  /** Refuses new tasks and ends all workers; settles when none is left. May be called again. */
  close(options?: CloseOptions): Promise<void>;
}

/** Time, handed in: milliseconds from any origin that never run backwards. */
export interface ShardClock {
  now(): number;
  /** Calls `callback` once after `ms`. @returns cancels it */
  after(ms: number, callback: () => void): () => void;
}
