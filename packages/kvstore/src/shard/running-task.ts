import { Eau2Error, type ErrorCode, isEau2Error } from "@eau2/protocol";
import type { Range, RangeRef } from "../slab/range.js";
import type { SlabPool } from "../slab/slab-pool.js";
import type { EpochTicket } from "../slab/task-epochs.js";
import type { RunOptions } from "./shard-host.js";
import { type FailReason, QUEUE_TASKS_MAX } from "./shard-scheduler.js";
import type { TaskRequest, TaskResult } from "./task-types.js";
import type { ErrorParts } from "./worker-messages.js";

// Both are below 2^31, so the key is exact.
const rangeKey = ({ slabId, offset }: RangeRef): number => slabId * 2 ** 31 + offset;

const CODES: Readonly<Record<FailReason, ErrorCode>> = {
  busy: "BUSY",
  deadline: "DEADLINE",
  cancelled: "CANCELLED",
  threw: "TASK_FAILED",
  "worker lost": "TASK_FAILED",
  "no worker": "TASK_FAILED",
  closing: "NODE_GONE",
};

export interface RunningTaskOptions {
  readonly request: TaskRequest;
  readonly shard: number;
  readonly pool: SlabPool;
  readonly options: RunOptions;
  readonly deadlineMs: number | undefined;
  readonly onAbort: () => void;
}

/**
 * A task from `run` until it is over everywhere: its caller, its ticket, and the ranges it has allocated. The ticket is
 * entered with the request, not with the dispatch: from then on the inputs must stay.
 */
export class RunningTask {
  readonly request: TaskRequest;
  readonly result: Promise<TaskResult>;
  /** In the clock of the host; undefined means no limit. */
  readonly deadlineMs: number | undefined;
  /** The shard whose worker has it; the one it waits for until then. */
  shard: number;
  /** What the worker sent last, to be delivered. */
  reply: TaskResult | ErrorParts | undefined;
  /** What the task function threw. */
  thrown: Error | undefined;
  /** The caller has its answer. */
  isSettled = false;
  isReleased = false;
  readonly #pool: SlabPool;
  readonly #ticket: EpochTicket;
  readonly #options: RunOptions;
  readonly #allocated = new Map<number, Range>();
  readonly #onAbort: () => void;
  #resolve: (result: TaskResult) => void = () => {};
  #reject: (error: Eau2Error) => void = () => {};

  constructor({ request, shard, pool, options, deadlineMs, onAbort }: RunningTaskOptions) {
    this.request = request;
    this.shard = shard;
    this.deadlineMs = deadlineMs;
    this.#pool = pool;
    this.#options = options;
    this.#onAbort = onAbort;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    options.signal?.addEventListener("abort", onAbort, { once: true });
    this.#ticket = pool.enter();
  }

  progress(value: unknown): void {
    if (!this.isSettled) this.#options.onProgress?.(value);
  }

  own(range: Range): void {
    this.#allocated.set(rangeKey(range), range);
  }

  /** Whether each output is a range that the task allocated, or its beginning, and none is there twice. */
  ownsAll(outputs: readonly RangeRef[]): boolean {
    if (new Set(outputs.map(rangeKey)).size !== outputs.length) return false;
    return outputs.every((output) => {
      const range = this.#allocated.get(rangeKey(output));
      return (
        range !== undefined && Number.isSafeInteger(output.bytes) && output.bytes >= 0 && output.bytes <= range.bytes
      );
    });
  }

  /** Answers the caller with the reply; the outputs are the caller's from here on. */
  deliver(): void {
    const { reply } = this;
    if (reply === undefined) throw new Error("invariant: a task that returned has a reply");
    this.#settle();
    if ("code" in reply) {
      const error = new Eau2Error(reply.code, reply.message, reply.details);
      if (reply.stack !== undefined) error.stack = reply.stack;
      this.#reject(error);
      return;
    }
    const outputs = reply.outputs.map((output) => {
      const range = this.#allocated.get(rangeKey(output))!;
      this.#allocated.delete(rangeKey(output));
      return output.bytes === range.bytes ? range : this.#pool.trim(range, output.bytes);
    });
    this.#resolve({ value: reply.value, outputs });
  }

  /** @param workerSaid - why the shard's last worker ended. */
  fail(reason: FailReason, workerSaid: string): void {
    this.#settle();
    const aborted: unknown = this.#options.signal?.reason;
    if (reason === "cancelled" && isEau2Error(aborted)) {
      this.#reject(aborted);
      return;
    }
    const { shard, thrown } = this;
    const { name } = this.request;
    const what: Readonly<Record<FailReason, string>> = {
      busy: `${QUEUE_TASKS_MAX} tasks wait already, which is the bound; try again later`,
      deadline: `it was not done when its time of ${this.#options.runMs ?? this.#options.timeLeftMs} ms was up; allow more time or ask for less`,
      cancelled: "it was cancelled",
      threw: `it threw "${thrown?.message}"; its worker is replaced`,
      "worker lost": `its worker ended (${workerSaid}) and is replaced`,
      "no worker": `no worker can be started (${workerSaid}); see the log of the node`,
      closing: "the node is closing; ask another one",
    };
    const message = `task "${name}" on shard ${shard}: ${what[reason]}`;
    this.#reject(new Eau2Error(CODES[reason], message, { task: name, shard, reason }, { cause: thrown ?? aborted }));
  }

  /** The task is over everywhere: what it allocated and did not hand over is freed, and then its ticket is left. */
  release(): void {
    this.isReleased = true;
    for (const range of this.#allocated.values()) this.#pool.free(range);
    this.#allocated.clear();
    this.#pool.leave(this.#ticket);
  }

  #settle(): void {
    this.isSettled = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }
}
