/** One worker thread of a shard as the main thread sees it: what it has been sent, and what it is still asked for. */
import { type ResourceLimits, Worker } from "node:worker_threads";
import type { Task } from "../shard/task-types.js";
import {
  type ErrorParts,
  type FromWorker,
  type SlabRecord,
  stopMark,
  type ToWorker,
} from "../shard/worker-messages.js";
import type { RangeRef } from "../slab/range.js";

/** The file that calls `runShardWorker`, and what it finds as `workerData`. */
export interface WorkerEntry {
  readonly url: URL;
  readonly workerData?: unknown;
}

export interface ShardWorkerOptions {
  readonly entry: WorkerEntry;
  readonly shard: number;
  readonly resourceLimits?: ResourceLimits;
  readonly slabBuffer: (slabId: number) => SharedArrayBuffer;
  readonly onMessage: (message: Exclude<FromWorker, { kind: "forgot" }>) => void;
  /** Called once, last. @param reason - the worker's last error, or its exit code. */
  readonly onExit: (reason: string) => void;
}

/** Flags that give Node a program on its command line, and whether the program is their value. */
const PROGRAM_FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["--eval", true],
  ["-e", true],
  ["--print", true],
  ["-p", true],
  ["-pe", true],
  ["--input-type", true],
  ["--check", false],
  ["-c", false],
]);

/** Node's own flags for a worker: those of the process, but for those that would make it run that program again. */
export const workerArguments = (given: readonly string[]): string[] => {
  const kept: string[] = [];
  for (let index = 0; index < given.length; index++) {
    const [flag, value] = given[index]!.split("=", 2) as [string, string?];
    const takesValue = PROGRAM_FLAGS.get(flag);
    if (takesValue === undefined) kept.push(given[index]!);
    else if (takesValue && value === undefined) index++;
  }
  return kept;
};

export type Forgotten = "forgotten" | "kept";

export class ShardWorker {
  /** Settles when the thread has ended. */
  readonly exited: Promise<void>;
  readonly #worker: Worker;
  readonly #slabBuffer: (slabId: number) => SharedArrayBuffer;
  readonly #stopCell = new Int32Array(new SharedArrayBuffer(4));
  readonly #seenSlabIds = new Set<number>();
  readonly #forgetting = new Map<number, (result: Forgotten) => void>();
  #nextRequestId = 0;

  constructor({ entry, shard, resourceLimits, slabBuffer, onMessage, onExit }: ShardWorkerOptions) {
    this.#slabBuffer = slabBuffer;
    this.#worker = new Worker(entry.url, {
      name: `eau2-shard-${shard}`,
      workerData: entry.workerData,
      execArgv: workerArguments(process.execArgv),
      ...(resourceLimits && { resourceLimits }),
    });
    let lastError: string | undefined;
    this.#worker.on("error", (error: unknown) => {
      lastError = error instanceof Error ? error.message : String(error);
    });
    this.#worker.on("messageerror", () => this.end());
    this.#worker.on("message", (message: FromWorker) => {
      if (message.kind === "forgot") this.#settleForget(message.requestId, message.isKept ? "kept" : "forgotten");
      else onMessage(message);
    });
    this.exited = new Promise((resolve) => {
      this.#worker.once("exit", (code) => {
        for (const requestId of [...this.#forgetting.keys()]) this.#settleForget(requestId, "forgotten");
        resolve();
        onExit(lastError ?? `exit code ${code}`);
      });
    });
    this.#post({ kind: "hello", stopCell: this.#stopCell.buffer });
  }

  /** @throws DataCloneError when the arguments cannot be cloned; the worker has seen nothing then. */
  run(task: Task): void {
    // A clone that fails must not count its slabs as seen.
    const slabs = this.#unseen(task.inputs);
    this.#post({ kind: "run", task, slabs });
    for (const [slabId] of slabs) this.#seenSlabIds.add(slabId);
  }

  grant(requestId: number, { slabId, offset, bytes }: RangeRef): void {
    const ref = { slabId, offset, bytes };
    const slabs = this.#unseen([ref]);
    this.#post({ kind: "allocated", requestId, ref, slabs });
    this.#seenSlabIds.add(slabId);
  }

  refuse(requestId: number, error: ErrorParts): void {
    this.#post({ kind: "refused", requestId, error });
  }

  /** Sets the flag that a running task may look at. */
  stop(taskId: number): void {
    Atomics.store(this.#stopCell, 0, stopMark(taskId));
  }

  /** Asks the worker to drop slabs, if it has any of them; a worker that exits has dropped them. */
  forget(slabIds: readonly number[]): Promise<Forgotten> {
    const seen = slabIds.filter((slabId) => this.#seenSlabIds.delete(slabId));
    if (seen.length === 0) return Promise.resolve("forgotten");
    const requestId = this.#nextRequestId++;
    return new Promise((resolve) => {
      this.#forgetting.set(requestId, resolve);
      this.#post({ kind: "forget", requestId, slabIds: seen });
    });
  }

  end(): void {
    void this.#worker.terminate();
  }

  #unseen(refs: readonly RangeRef[]): SlabRecord[] {
    const slabs: SlabRecord[] = [];
    const added = new Set<number>();
    for (const { slabId } of refs) {
      if (this.#seenSlabIds.has(slabId) || added.has(slabId)) continue;
      added.add(slabId);
      slabs.push([slabId, this.#slabBuffer(slabId)]);
    }
    return slabs;
  }

  #settleForget(requestId: number, result: Forgotten): void {
    this.#forgetting.get(requestId)?.(result);
    this.#forgetting.delete(requestId);
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}
