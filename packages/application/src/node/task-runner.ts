/**
 * Runs one task of a job on this machine: brings its inputs here, hands it to a shard, stores its outputs under their keys.
 * A task that is sent again (its link broke) is not run again: its answer is kept for a while.
 */

import { Key, type KVStore, type RangeRef, type ShardHost, type SlabPool } from "@eau2/kvstore";
import { Eau2Error, type TaskRun, type TaskRunReply } from "@eau2/protocol";
import { withManyListeners } from "../platform/many-listeners.js";

/** Answers of finished tasks that are kept for a second asking. */
const FINISHED_TASKS_MAX = 4_096;

/** What a worker's wrapper adds to a task's own result. */
export interface SummedResult {
  readonly value: unknown;
  /** crc32 of each output, computed where its bytes were still warm. */
  readonly checksums: readonly number[];
}

export interface TaskRunnerOptions {
  readonly store: KVStore;
  readonly pool: SlabPool;
  readonly shards: ShardHost;
  /** The position of a home among this node's shards; -1 for a foreign one. */
  localShard(home: number): number;
}

export class TaskRunner {
  #running = new Map<string, Promise<TaskRunReply>>();
  #finished = new Map<string, TaskRunReply>();

  constructor(private readonly options: TaskRunnerOptions) {}

  get runningCount(): number {
    return this.#running.size;
  }

  run(task: TaskRun, signal: AbortSignal | undefined, timeLeftMs: number | undefined): Promise<TaskRunReply> {
    const finished = this.#finished.get(task.id);
    if (finished !== undefined) return Promise.resolve(finished);
    const running = this.#running.get(task.id);
    if (running !== undefined) return running;
    const result = this.#run(task, signal, timeLeftMs).then(
      (reply) => {
        this.#running.delete(task.id);
        this.#finished.set(task.id, reply);
        if (this.#finished.size > FINISHED_TASKS_MAX) this.#finished.delete(this.#finished.keys().next().value!);
        return reply;
      },
      (error: unknown) => {
        this.#running.delete(task.id);
        throw error;
      },
    );
    this.#running.set(task.id, result);
    return result;
  }

  async #run(task: TaskRun, signal: AbortSignal | undefined, timeLeftMs: number | undefined): Promise<TaskRunReply> {
    const { store, pool, shards } = this.options;
    const shard = this.options.localShard(task.shard);
    if (shard < 0)
      throw new Eau2Error("HOME_UNKNOWN", `task ${task.name}: shard ${task.shard} is not on this node`, {
        home: task.shard,
      });
    if (signal !== undefined) withManyListeners(signal);
    // Held until the outputs are stored: what the task reads stays in place although somebody drops it.
    const ticket = pool.enter();
    try {
      const inputs = await Promise.all(task.inputs.map((key) => this.#input(task, Key.from(key), signal)));
      const request = { name: task.name, args: task.args, inputs };
      const { value, outputs } = await shards.run(shard, request, {
        ...(signal === undefined ? {} : { signal }),
        ...(timeLeftMs === undefined ? {} : { timeLeftMs }),
        ...(task.runMs === undefined ? {} : { runMs: task.runMs }),
      });
      const summed = value as SummedResult;
      await this.#store(task, outputs, summed.checksums, signal);
      store.release(task.release.map(Key.from));
      return { value: summed.value, outputBytes: outputs.map(({ bytes }) => bytes) };
    } finally {
      pool.leave(ticket);
    }
  }

  async #input(task: TaskRun, key: Key, signal: AbortSignal | undefined): Promise<RangeRef> {
    const value = await this.options.store.resolve(key, { signal, timeoutMs: null });
    if (value === undefined) {
      throw new Eau2Error(
        "CHUNK_LOST",
        `task ${task.name}: its input "${key.name}" of shard ${key.home} is not there`,
        { home: key.home },
      );
    }
    const { slabId, offset, bytes } = value.range;
    return { slabId, offset, bytes };
  }

  async #store(
    task: TaskRun,
    outputs: readonly RangeRef[],
    checksums: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { store, pool } = this.options;
    const left = new Set(outputs.keys());
    try {
      const keys = outputKeys(task, outputs.length);
      await Promise.all(
        outputs.map(async (ref, index) => {
          const key = keys[index]!;
          left.delete(index);
          if (store.isLocal(key)) {
            store.adopt(key, { ...ref, view: () => pool.viewOf(ref) }, checksums[index]!);
            return;
          }
          try {
            await store.put(key, pool.viewOf(ref), { signal, timeoutMs: null });
          } finally {
            pool.free(ref);
          }
        }),
      );
    } finally {
      for (const index of left) pool.free(outputs[index]!);
    }
  }
}

/** The keys of a task's outputs. @throws {@link Eau2Error} `TASK_FAILED` when it made another number than it has keys. */
const outputKeys = ({ name, outputs }: TaskRun, count: number): Key[] => {
  if (outputs.kind === "numbered") {
    const { prefix, first, home } = outputs;
    return Array.from({ length: count }, (_, index) => new Key(`${prefix}/${first + index}`, home));
  }
  if (outputs.keys.length === count) return outputs.keys.map(Key.from);
  const message = `task ${name} made ${count} outputs where ${outputs.keys.length} were asked for; it must make one for each`;
  throw new Eau2Error("TASK_FAILED", message, { task: name, outputs: count, outputsAsked: outputs.keys.length });
};
