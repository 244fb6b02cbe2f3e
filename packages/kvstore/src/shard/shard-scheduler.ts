/**
 * Which task runs on which worker, and when a worker must be replaced: decisions only. Events go in, effects come out,
 * in the order in which they are to be carried out; the clock, the workers and the callers belong to the host.
 *
 * A worker runs one task at a time. A task waits for its own shard, and any idle worker of the node takes it over, so
 * no task waits while a worker is idle. A caller is answered as soon as its time is up; the worker then has a grace
 * time to come back, and is ended if it does not. Until the worker has come back or has exited, its task is not
 * released: it may still touch memory. A worker that dies without having finished anything counts as a failed start;
 * after some in a row the next start waits, longer each time, and when no worker is left to hope for, tasks fail.
 */

/** Tasks of a node that may wait; one more is `BUSY`. */
export const QUEUE_TASKS_MAX = 1_024;
/** A worker that is not back this long after its task was given up is replaced. */
export const TASK_GRACE_MS = 2_000;
/** A worker that does not report for this long after its start is given up. */
export const START_TIMEOUT_MS = 30_000;
/** Failed starts in a row after which the next one waits. */
export const START_FAILURES_MAX = 3;
export const RESTART_DELAY_MS = 1_000;
const RESTART_DELAY_MAX_MS = 30_000;

export type ShardEvent =
  | { readonly kind: "open" }
  | {
      readonly kind: "submit";
      readonly taskId: number;
      readonly shard: number;
      readonly deadlineMs: number | undefined;
      /** Time from its dispatch on. */
      readonly runMs?: number | undefined;
    }
  | { readonly kind: "cancel"; readonly taskId: number }
  /** The worker reports for the first time. */
  | { readonly kind: "ready"; readonly shard: number }
  /** `threw`: with anything but a typed error, so that nobody knows what state the worker is in. */
  | {
      readonly kind: "finished";
      readonly shard: number;
      readonly taskId: number;
      readonly outcome: "returned" | "threw";
    }
  | { readonly kind: "exited"; readonly shard: number }
  /** The worker is to be replaced, after its task if it has one. */
  | { readonly kind: "recycle"; readonly shard: number }
  | { readonly kind: "tick" }
  | { readonly kind: "close"; readonly drainMs: number };

export type FailReason = "busy" | "deadline" | "cancelled" | "threw" | "worker lost" | "no worker" | "closing";

export type ShardEffect =
  | { readonly kind: "start"; readonly shard: number }
  /** End the worker at once; `exited` follows. */
  | { readonly kind: "end"; readonly shard: number }
  | { readonly kind: "dispatch"; readonly shard: number; readonly taskId: number }
  /** Tell the running task that nobody waits any more. */
  | { readonly kind: "stop"; readonly shard: number; readonly taskId: number }
  /** Answer the caller with what the worker sent. */
  | { readonly kind: "deliver"; readonly taskId: number }
  | { readonly kind: "fail"; readonly taskId: number; readonly reason: FailReason }
  /** The task is over everywhere: its ticket is left, its ranges are freed. Exactly once a task, and its last effect. */
  | { readonly kind: "release"; readonly taskId: number }
  /** Send a `tick` at this time, instead of any asked for before. */
  | { readonly kind: "wake"; readonly atMs: number }
  | { readonly kind: "closed" };

interface TaskState {
  readonly taskId: number;
  readonly shard: number;
  deadlineMs: number;
  readonly runMs: number;
  /** Whether the caller has its answer. */
  isSettled: boolean;
  /** When a worker that still runs it is ended. */
  abandonAtMs: number;
}

interface ShardState {
  readonly index: number;
  /** `waiting` for its next start; `gone` after close. */
  phase: "starting" | "idle" | "busy" | "ending" | "waiting" | "gone";
  /** The task that the worker has, also while it is being ended. */
  task: TaskState | undefined;
  readonly queue: TaskState[];
  /** When a start has taken too long, or when to start again. */
  dueAtMs: number;
  failedStartCount: number;
  isReplacedWhenIdle: boolean;
}

const NEVER = Number.POSITIVE_INFINITY;

export class ShardScheduler {
  readonly #shards: readonly ShardState[];
  readonly #tasks = new Map<number, TaskState>();
  #effects: ShardEffect[] = [];
  #nowMs = 0;
  #queuedCount = 0;
  #wakeAtMs = NEVER;
  /** When running tasks are ended for good; undefined while open. */
  #drainUntilMs: number | undefined;

  constructor(shardCount: number) {
    this.#shards = Array.from({ length: shardCount }, (_, index) => ({
      index,
      phase: "waiting",
      task: undefined,
      queue: [],
      dueAtMs: NEVER,
      failedStartCount: 0,
      isReplacedWhenIdle: false,
    }));
  }

  /** Tasks that wait. */
  get queuedCount(): number {
    return this.#queuedCount;
  }

  /** @param nowMs - never less than in the step before. */
  step(event: ShardEvent, nowMs: number): readonly ShardEffect[] {
    this.#effects = [];
    this.#nowMs = nowMs;
    this.#apply(event);
    return this.#effects;
  }

  #apply(event: ShardEvent): void {
    switch (event.kind) {
      case "open":
        for (const shard of this.#shards) this.#start(shard);
        return;
      case "submit":
        this.#submit(event.taskId, event.shard, event.deadlineMs ?? NEVER, event.runMs ?? NEVER);
        return;
      case "cancel": {
        const task = this.#tasks.get(event.taskId);
        if (task !== undefined && !task.isSettled) this.#giveUp(task, "cancelled", this.#nowMs + TASK_GRACE_MS);
        return;
      }
      case "ready": {
        const shard = this.#shards[event.shard]!;
        if (shard.phase === "starting") this.#becomeIdle(shard);
        return;
      }
      case "finished":
        this.#finished(this.#shards[event.shard]!, event.taskId, event.outcome);
        return;
      case "exited":
        this.#exited(this.#shards[event.shard]!);
        return;
      case "recycle": {
        const shard = this.#shards[event.shard]!;
        if (shard.phase === "idle") this.#end(shard);
        else if (shard.phase === "busy") shard.isReplacedWhenIdle = true;
        return;
      }
      case "tick":
        this.#tick();
        return;
      case "close":
        this.#close(event.drainMs);
        return;
      default:
        event satisfies never;
        return;
    }
  }

  #submit(taskId: number, shardIndex: number, deadlineMs: number, runMs: number): void {
    const task: TaskState = { taskId, shard: shardIndex, deadlineMs, runMs, isSettled: false, abandonAtMs: NEVER };
    const refusal = this.#refusal(deadlineMs);
    if (refusal !== undefined) {
      this.#fail(task, refusal);
      this.#release(task);
      return;
    }
    this.#tasks.set(taskId, task);
    this.#wake(deadlineMs);
    const own = this.#shards[shardIndex]!;
    const idle = own.phase === "idle" ? own : this.#shards.find(({ phase }) => phase === "idle");
    if (idle !== undefined) {
      this.#dispatch(idle, task);
      return;
    }
    own.queue.push(task);
    this.#queuedCount++;
  }

  #refusal(deadlineMs: number): FailReason | undefined {
    if (this.#drainUntilMs !== undefined) return "closing";
    if (deadlineMs <= this.#nowMs) return "deadline";
    if (this.#isHopeless()) return "no worker";
    return this.#queuedCount >= QUEUE_TASKS_MAX && !this.#shards.some(({ phase }) => phase === "idle")
      ? "busy"
      : undefined;
  }

  #finished(shard: ShardState, taskId: number, outcome: "returned" | "threw"): void {
    const { task } = shard;
    // A worker that is being ended may still have had something to say.
    if (shard.phase !== "busy" || task?.taskId !== taskId) return;
    shard.failedStartCount = 0;
    if (outcome === "threw") {
      if (!task.isSettled) this.#fail(task, "threw");
      this.#end(shard);
      return;
    }
    if (!task.isSettled) {
      task.isSettled = true;
      this.#effects.push({ kind: "deliver", taskId });
    }
    shard.task = undefined;
    this.#release(task);
    if (shard.isReplacedWhenIdle || this.#drainUntilMs !== undefined) this.#end(shard);
    else this.#becomeIdle(shard);
  }

  #exited(shard: ShardState): void {
    if (shard.phase === "starting" || shard.phase === "idle") shard.failedStartCount++;
    const { task } = shard;
    if (task !== undefined) {
      shard.task = undefined;
      if (!task.isSettled) this.#fail(task, "worker lost");
      this.#release(task);
    }
    shard.isReplacedWhenIdle = false;
    if (this.#drainUntilMs !== undefined) {
      shard.phase = "gone";
      this.#announceClosed();
    } else if (shard.failedStartCount < START_FAILURES_MAX) this.#start(shard);
    else {
      shard.phase = "waiting";
      const delayMs = RESTART_DELAY_MS * 2 ** (shard.failedStartCount - START_FAILURES_MAX);
      shard.dueAtMs = this.#nowMs + Math.min(delayMs, RESTART_DELAY_MAX_MS);
      this.#wake(shard.dueAtMs);
      if (this.#isHopeless()) this.#failQueued("no worker");
    }
  }

  #tick(): void {
    this.#wakeAtMs = NEVER;
    for (const task of this.#tasks.values()) {
      if (task.isSettled) continue;
      if (task.deadlineMs <= this.#nowMs) this.#giveUp(task, "deadline", task.deadlineMs + TASK_GRACE_MS);
      else this.#wake(task.deadlineMs);
    }
    for (const shard of this.#shards) {
      if (shard.phase === "busy") this.#checkBusy(shard, shard.task!);
      else if (shard.phase === "starting" || shard.phase === "waiting") this.#checkDue(shard);
    }
  }

  #checkBusy(shard: ShardState, task: TaskState): void {
    const untilMs = Math.min(task.abandonAtMs, this.#drainUntilMs ?? NEVER);
    if (untilMs > this.#nowMs) {
      this.#wake(untilMs);
      return;
    }
    if (!task.isSettled) this.#fail(task, "closing");
    this.#end(shard);
  }

  #checkDue(shard: ShardState): void {
    if (shard.dueAtMs > this.#nowMs) {
      this.#wake(shard.dueAtMs);
      return;
    }
    if (shard.phase === "waiting") {
      this.#start(shard);
      return;
    }
    shard.failedStartCount++;
    this.#end(shard);
  }

  #close(drainMs: number): void {
    if (this.#drainUntilMs !== undefined) return;
    this.#drainUntilMs = this.#nowMs + drainMs;
    this.#failQueued("closing");
    for (const shard of this.#shards) {
      if (shard.phase === "busy") this.#checkBusy(shard, shard.task!);
      else if (shard.phase === "waiting") shard.phase = "gone";
      else if (shard.phase !== "ending") this.#end(shard);
    }
    this.#announceClosed();
  }

  /** Answers the caller; a task that waits is over, one that runs is told and gets until `abandonAtMs`. */
  #giveUp(task: TaskState, reason: "deadline" | "cancelled", abandonAtMs: number): void {
    this.#fail(task, reason);
    const running = this.#shards.find((shard) => shard.task === task);
    if (running !== undefined) {
      this.#effects.push({ kind: "stop", shard: running.index, taskId: task.taskId });
      task.abandonAtMs = abandonAtMs;
      this.#wake(abandonAtMs);
      return;
    }
    const { queue } = this.#shards[task.shard]!;
    queue.splice(queue.indexOf(task), 1);
    this.#queuedCount--;
    this.#release(task);
  }

  #start(shard: ShardState): void {
    shard.phase = "starting";
    shard.dueAtMs = this.#nowMs + START_TIMEOUT_MS;
    this.#effects.push({ kind: "start", shard: shard.index });
    this.#wake(shard.dueAtMs);
  }

  #end(shard: ShardState): void {
    shard.phase = "ending";
    this.#effects.push({ kind: "end", shard: shard.index });
  }

  /** The worker takes the first task of its own queue, else of the longest. */
  #becomeIdle(shard: ShardState): void {
    shard.phase = "idle";
    if (this.#queuedCount === 0) return;
    let { queue } = shard;
    if (queue.length === 0) {
      for (const other of this.#shards) if (other.queue.length > queue.length) queue = other.queue;
    }
    this.#queuedCount--;
    this.#dispatch(shard, queue.shift()!);
  }

  #dispatch(shard: ShardState, task: TaskState): void {
    shard.phase = "busy";
    shard.task = task;
    task.deadlineMs = Math.min(task.deadlineMs, this.#nowMs + task.runMs);
    this.#wake(task.deadlineMs);
    this.#effects.push({ kind: "dispatch", shard: shard.index, taskId: task.taskId });
  }

  #fail(task: TaskState, reason: FailReason): void {
    task.isSettled = true;
    this.#effects.push({ kind: "fail", taskId: task.taskId, reason });
  }

  #release(task: TaskState): void {
    this.#tasks.delete(task.taskId);
    this.#effects.push({ kind: "release", taskId: task.taskId });
  }

  #failQueued(reason: FailReason): void {
    for (const { queue } of this.#shards) {
      for (const task of queue.splice(0)) {
        this.#fail(task, reason);
        this.#release(task);
      }
    }
    this.#queuedCount = 0;
  }

  /** No worker is up, and none has come up for several attempts. */
  #isHopeless(): boolean {
    return this.#shards.every(
      ({ phase, failedStartCount }) => phase !== "idle" && phase !== "busy" && failedStartCount >= START_FAILURES_MAX,
    );
  }

  /** One timer at most is out, for the earliest time; one that comes early finds nothing to do and asks again. */
  #wake(atMs: number): void {
    if (atMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = atMs;
    this.#effects.push({ kind: "wake", atMs });
  }

  #announceClosed(): void {
    if (this.#shards.every(({ phase }) => phase === "gone")) this.#effects.push({ kind: "closed" });
  }
}
