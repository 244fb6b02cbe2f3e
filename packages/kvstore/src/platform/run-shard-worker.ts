/** The worker's side: runs one task at a time, reads slabs in place, asks the main thread for memory. */
import { parentPort } from "node:worker_threads";
import { Eau2Error, isEau2Error } from "@eau2/protocol";
import type { Task, TaskAllocation, TaskContext, TaskRegistry, TaskResult } from "../shard/task-types.js";
import {
  type ErrorParts,
  type FromWorker,
  type SlabRecord,
  stopMark,
  type ToWorker,
} from "../shard/worker-messages.js";
import type { RangeRef } from "../slab/range.js";
import { collectGarbage } from "./memory.js";

interface PendingAllocation {
  resolve(allocation: TaskAllocation): void;
  reject(error: Eau2Error): void;
}

class ShardWorkerLoop {
  readonly #tasks: TaskRegistry;
  readonly #post: (message: FromWorker) => void;
  readonly #slabs = new Map<number, SharedArrayBuffer>();
  readonly #allocations = new Map<number, PendingAllocation>();
  #stopCell = new Int32Array(new SharedArrayBuffer(4));
  #runningTaskId = -1;
  #nextRequestId = 0;

  constructor(tasks: TaskRegistry, post: (message: FromWorker) => void) {
    this.#tasks = tasks;
    this.#post = post;
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case "hello":
        this.#stopCell = new Int32Array(message.stopCell);
        return;
      case "run":
        this.#see(message.slabs);
        void this.#run(message.task);
        return;
      case "allocated": {
        this.#see(message.slabs);
        const { ref } = message;
        this.#takeAllocation(message.requestId).resolve({ ref, view: this.#viewOf(ref) });
        return;
      }
      case "refused": {
        const { code, message: text, details } = message.error;
        this.#takeAllocation(message.requestId).reject(new Eau2Error(code, text, details));
        return;
      }
      case "forget":
        this.#forget(message.requestId, message.slabIds);
        return;
      default:
        message satisfies never;
    }
  }

  async #run(task: Task): Promise<void> {
    const { taskId, name } = task;
    this.#runningTaskId = taskId;
    let reply: FromWorker;
    try {
      const run = this.#tasks.get(name);
      if (run === undefined)
        throw new Eau2Error("INTERNAL", `task "${name}" is not registered in this worker`, { task: name });
      const returned = run(task.args, this.#contextOf(task));
      const result: TaskResult = returned instanceof Promise ? await returned : returned;
      reply = { kind: "done", taskId, result };
    } catch (error) {
      reply = { ...failureOf(error), taskId };
    }
    this.#runningTaskId = -1;
    try {
      this.#post(reply);
    } catch (error) {
      // A value that cannot be cloned.
      this.#post({ ...failureOf(error), taskId });
    }
  }

  #contextOf(task: Task): TaskContext {
    const { taskId } = task;
    const mark = stopMark(taskId);
    const stopCell = this.#stopCell;
    return {
      inputs: task.inputs.map((ref) => this.#viewOf(ref)),
      timeLeftMs: task.timeLeftMs,
      allocate: (bytes) =>
        new Promise((resolve, reject) => {
          if (this.#runningTaskId !== taskId) throw new Error(`task "${task.name}" allocates after its end`);
          const requestId = this.#nextRequestId++;
          this.#allocations.set(requestId, { resolve, reject });
          this.#post({ kind: "allocate", taskId, requestId, bytes });
        }),
      reclaim: collectGarbage,
      progress: (value) => {
        if (this.#runningTaskId === taskId) this.#post({ kind: "progress", taskId, value });
      },
      cancelled: () => Atomics.load(stopCell, 0) === mark,
    };
  }

  #see(slabs: readonly SlabRecord[]): void {
    for (const [slabId, buffer] of slabs) this.#slabs.set(slabId, buffer);
  }

  #viewOf({ slabId, offset, bytes }: RangeRef): Uint8Array {
    const buffer = this.#slabs.get(slabId);
    if (buffer === undefined) throw new Error(`invariant: slab ${slabId} was not sent to this worker`);
    return new Uint8Array(buffer, offset, bytes);
  }

  #takeAllocation(requestId: number): PendingAllocation {
    const pending = this.#allocations.get(requestId);
    if (pending === undefined) throw new Error(`invariant: allocation ${requestId} was not asked for`);
    this.#allocations.delete(requestId);
    return pending;
  }

  #forget(requestId: number, slabIds: readonly number[]): void {
    const references = slabIds.flatMap((slabId) => {
      const buffer = this.#slabs.get(slabId);
      this.#slabs.delete(slabId);
      return buffer === undefined ? [] : [new WeakRef(buffer)];
    });
    // A weak reference holds its target until the turn it was made in is over.
    setImmediate(() => {
      collectGarbage();
      const isKept = references.some((reference) => reference.deref() !== undefined);
      this.#post({ kind: "forgot", requestId, isKept });
    });
  }
}

type Failure =
  | { readonly kind: "rejected"; readonly error: ErrorParts }
  | { readonly kind: "threw"; readonly message: string; readonly stack: string };

const failureOf = (error: unknown): Failure => {
  if (isEau2Error(error)) {
    const { code, message, details, stack } = error;
    return { kind: "rejected", error: { code, message, details, stack } };
  }
  if (error instanceof Error) return { kind: "threw", message: error.message, stack: error.stack ?? "" };
  return { kind: "threw", message: String(error), stack: "" };
};

/** Called once by the entry file of a shard's worker, when its tasks are ready to run. */
export const runShardWorker = ({ tasks }: { readonly tasks: TaskRegistry }): void => {
  const port = parentPort;
  if (port === null) throw new Error("invariant: a shard's worker runs in a worker thread");
  const loop = new ShardWorkerLoop(tasks, (message) => port.postMessage(message));
  port.on("message", (message: ToWorker) => loop.receive(message));
  port.postMessage({ kind: "ready" } satisfies FromWorker);
};
