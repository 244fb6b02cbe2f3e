/**
 * The shards of a node over `node:worker_threads`. Carries out what {@link ShardScheduler} decides: events of workers,
 * timers and callers go into it, one at a time, and its effects are carried out in order.
 */
import type { ResourceLimits } from "node:worker_threads";
import { Eau2Error, toEau2Error } from "@eau2/protocol";
import { RunningTask } from "../shard/running-task.js";
import type { CloseOptions, RunOptions, ShardClock, ShardHost } from "../shard/shard-host.js";
import { type ShardEffect, type ShardEvent, ShardScheduler } from "../shard/shard-scheduler.js";
import type { TaskRequest, TaskResult } from "../shard/task-types.js";
import type { FromWorker } from "../shard/worker-messages.js";
import type { SlabPool } from "../slab/slab-pool.js";
import { freeSharedBuffers } from "./memory.js";
import { ShardWorker, type WorkerEntry } from "./shard-worker.js";

export interface WorkerShardHostOptions {
  readonly entry: WorkerEntry;
  readonly shardCount: number;
  readonly pool: SlabPool;
  readonly clock: ShardClock;
  /** Heap limits of each worker. They do not count shared buffers. */
  readonly resourceLimits?: ResourceLimits;
  /** Told whenever a worker ends before the host is closed, and why. */
  readonly log?: (message: string, details: Readonly<Record<string, string | number>>) => void;
}

type TaskMessage = Exclude<FromWorker, { kind: "forgot" }>;

export class WorkerShardHost implements ShardHost {
  readonly shardCount: number;
  readonly #options: WorkerShardHostOptions;
  readonly #scheduler: ShardScheduler;
  readonly #workers: (ShardWorker | undefined)[];
  readonly #tasks = new Map<number, RunningTask>();
  /** Why the last worker of each shard ended. */
  readonly #exitReasons: string[];
  readonly #events: ShardEvent[] = [];
  readonly #closed: Promise<void>;
  #resolveClosed = (): void => {};
  #cancelTimer = (): void => {};
  #isStepping = false;
  #isClosing = false;
  #nextTaskId = 1;

  /** Starts all workers at once; tasks may be run before these are up. */
  constructor(options: WorkerShardHostOptions) {
    this.#options = options;
    this.shardCount = options.shardCount;
    this.#scheduler = new ShardScheduler(options.shardCount);
    this.#workers = Array.from({ length: options.shardCount }, () => undefined);
    this.#exitReasons = Array.from({ length: options.shardCount }, () => "not started");
    this.#closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#step({ kind: "open" });
  }

  /** Tasks that wait for a worker. */
  get queuedCount(): number {
    return this.#scheduler.queuedCount;
  }

  /** Tasks that wait or run, and those given up whose worker has not come back: they may still hold memory. */
  get taskCount(): number {
    return this.#tasks.size;
  }

  run(shard: number, request: TaskRequest, options: RunOptions = {}): Promise<TaskResult> {
    if (!(shard in this.#workers)) throw new Error(`invariant: shard ${shard} of ${this.shardCount}`);
    const taskId = this.#nextTaskId++;
    const { pool, clock } = this.#options;
    const { timeLeftMs, runMs, signal } = options;
    const deadlineMs = timeLeftMs === undefined ? undefined : clock.now() + timeLeftMs;
    const onAbort = (): void => this.#step({ kind: "cancel", taskId });
    const task = new RunningTask({ request, shard, pool, options, deadlineMs, onAbort });
    this.#tasks.set(taskId, task);
    if (signal?.aborted) {
      this.#carryOut({ kind: "fail", taskId, reason: "cancelled" });
      this.#carryOut({ kind: "release", taskId });
    } else this.#step({ kind: "submit", taskId, shard, deadlineMs, runMs });
    return task.result;
  }

  async recycleIdle(slabIds: readonly number[]): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker, shard) => {
        if (worker === undefined || (await worker.forget(slabIds)) === "forgotten") return;
        // Some module of the worker still has a view: only the end of the thread gives the memory back.
        this.#log("a worker keeps memory that was let go, and is replaced", shard);
        if (this.#workers[shard] === worker) this.#step({ kind: "recycle", shard });
        await worker.exited;
      }),
    );
    freeSharedBuffers();
  }

  close({ drainMs = 0 }: CloseOptions = {}): Promise<void> {
    this.#isClosing = true;
    this.#step({ kind: "close", drainMs });
    return this.#closed;
  }

  /** Effects may cause events (a caller's progress handler, a clone that fails): these wait for their turn. */
  #step(event: ShardEvent): void {
    this.#events.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        for (const effect of this.#scheduler.step(next, this.#options.clock.now())) this.#carryOut(effect);
      }
    } finally {
      this.#isStepping = false;
    }
  }

  #carryOut(effect: ShardEffect): void {
    switch (effect.kind) {
      case "start":
        this.#workers[effect.shard] = this.#startWorker(effect.shard);
        return;
      case "end":
        this.#workers[effect.shard]?.end();
        return;
      case "dispatch":
        this.#dispatch(effect.shard, effect.taskId);
        return;
      case "stop":
        this.#workers[effect.shard]?.stop(effect.taskId);
        return;
      case "deliver":
        this.#taskOf(effect.taskId).deliver();
        return;
      case "fail": {
        const task = this.#taskOf(effect.taskId);
        task.fail(effect.reason, this.#exitReasons[task.shard]!);
        return;
      }
      case "release":
        this.#taskOf(effect.taskId).release();
        this.#tasks.delete(effect.taskId);
        return;
      case "wake": {
        const { clock } = this.#options;
        this.#cancelTimer();
        this.#cancelTimer = clock.after(Math.max(0, effect.atMs - clock.now()), () => this.#step({ kind: "tick" }));
        return;
      }
      case "closed":
        this.#cancelTimer();
        this.#resolveClosed();
        return;
      default:
        effect satisfies never;
    }
  }

  #startWorker(shard: number): ShardWorker {
    const { entry, resourceLimits, pool } = this.#options;
    const worker: ShardWorker = new ShardWorker({
      entry,
      shard,
      ...(resourceLimits && { resourceLimits }),
      slabBuffer: (slabId) => pool.slabBuffer(slabId),
      onMessage: (message) => this.#receive(shard, worker, message),
      onExit: (reason) => {
        this.#exitReasons[shard] = reason;
        this.#workers[shard] = undefined;
        if (!this.#isClosing) this.#log(`a worker ended (${reason})`, shard);
        this.#step({ kind: "exited", shard });
      },
    });
    return worker;
  }

  #dispatch(shard: number, taskId: number): void {
    const task = this.#taskOf(taskId);
    task.shard = shard;
    const { name, args, inputs } = task.request;
    const refs = inputs.map(({ slabId, offset, bytes }) => ({ slabId, offset, bytes }));
    const { deadlineMs } = task;
    const timeLeftMs = deadlineMs === undefined ? undefined : deadlineMs - this.#options.clock.now();
    try {
      this.#workers[shard]!.run({ taskId, name, args, inputs: refs, timeLeftMs });
    } catch (error) {
      const { message } = toEau2Error(error);
      const details = { task: name, shard };
      task.reply = {
        code: "USAGE",
        message: `task "${name}": its arguments cannot be sent to a worker: ${message}`,
        details,
      };
      this.#step({ kind: "finished", shard, taskId, outcome: "returned" });
    }
  }

  #receive(shard: number, worker: ShardWorker, message: TaskMessage): void {
    if (message.kind === "ready") {
      this.#step({ kind: "ready", shard });
      return;
    }
    const { taskId } = message;
    const task = this.#tasks.get(taskId);
    if (message.kind === "allocate") {
      void this.#allocate(worker, task, message.requestId, message.bytes);
      return;
    }
    if (task === undefined) return;
    switch (message.kind) {
      case "progress":
        task.progress(message.value);
        return;
      case "rejected":
        task.reply = message.error;
        this.#step({ kind: "finished", shard, taskId, outcome: "returned" });
        return;
      case "threw":
        task.thrown = Object.assign(new Error(message.message), { stack: message.stack });
        this.#step({ kind: "finished", shard, taskId, outcome: "threw" });
        return;
      case "done":
        task.reply = message.result;
        if (task.ownsAll(message.result.outputs)) {
          this.#step({ kind: "finished", shard, taskId, outcome: "returned" });
          return;
        }
        task.thrown = new Error("an output is not a range that the task allocated");
        this.#step({ kind: "finished", shard, taskId, outcome: "threw" });
        return;
      default:
        message satisfies never;
    }
  }

  async #allocate(worker: ShardWorker, task: RunningTask | undefined, requestId: number, bytes: number): Promise<void> {
    const { pool } = this.#options;
    try {
      if (task === undefined || task.isSettled) {
        throw new Eau2Error("CANCELLED", `allocate ${bytes} bytes: nobody waits for the task any more`);
      }
      const range = await pool.waitAndAllocate(bytes, { holdsTicket: true });
      if (task.isReleased) return pool.free(range);
      task.own(range);
      worker.grant(requestId, range);
    } catch (error) {
      const { code, message, details } = toEau2Error(error);
      worker.refuse(requestId, { code, message, details });
    }
  }

  #taskOf(taskId: number): RunningTask {
    const task = this.#tasks.get(taskId);
    if (task === undefined) throw new Error(`invariant: task ${taskId} was released before`);
    return task;
  }

  #log(message: string, shard: number): void {
    this.#options.log?.(message, { shard });
  }
}
