import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import {
  QUEUE_TASKS_MAX,
  RESTART_DELAY_MS,
  type ShardEffect,
  type ShardEvent,
  ShardScheduler,
  START_FAILURES_MAX,
  START_TIMEOUT_MS,
  TASK_GRACE_MS,
} from "../../src/shard/shard-scheduler.js";

/** An effect in words: what a test compares. */
const print = (effect: ShardEffect): string => {
  const words: (string | number)[] = [effect.kind];
  if ("taskId" in effect) words.push(`task ${effect.taskId}`);
  if ("shard" in effect) words.push(`shard ${effect.shard}`);
  if ("reason" in effect) words.push(effect.reason);
  if ("atMs" in effect) words.push(effect.atMs);
  return words.join(" ");
};

/** A scheduler under virtual time; `wake` effects are left out unless asked for. */
const schedulerOf = (shardCount: number) => {
  const scheduler = new ShardScheduler(shardCount);
  const step = (event: ShardEvent, nowMs = 0): string[] =>
    scheduler
      .step(event, nowMs)
      .filter(({ kind }) => kind !== "wake")
      .map(print);
  const submit = (
    taskId: number,
    { shard = 0, deadlineMs = undefined as number | undefined, nowMs = 0 } = {},
  ): string[] => step({ kind: "submit", taskId, shard, deadlineMs }, nowMs);
  const finish = (
    taskId: number,
    { shard = 0, outcome = "returned" as "returned" | "threw", nowMs = 0 } = {},
  ): string[] => step({ kind: "finished", shard, taskId, outcome }, nowMs);
  return { scheduler, step, submit, finish };
};
const readyScheduler = (shardCount: number) => {
  const fixture = schedulerOf(shardCount);
  fixture.step({ kind: "open" });
  for (let shard = 0; shard < shardCount; shard++) fixture.step({ kind: "ready", shard });
  return fixture;
};

testSuite("ShardScheduler", (test) => {
  test("opening starts every worker; a task waits for the first that is ready", () => {
    const { step, submit } = schedulerOf(2);
    assert.deepEqual(step({ kind: "open" }), ["start shard 0", "start shard 1"]);
    assert.deepEqual(submit(1), []);
    assert.deepEqual(step({ kind: "ready", shard: 1 }), ["dispatch task 1 shard 1"]);
    assert.deepEqual(step({ kind: "ready", shard: 0 }), []);
  });

  test("a task prefers its own shard, then an idle one; else it waits for its own, in order", () => {
    const { submit, finish } = readyScheduler(2);
    assert.deepEqual(submit(1, { shard: 1 }), ["dispatch task 1 shard 1"]);
    assert.deepEqual(submit(2, { shard: 1 }), ["dispatch task 2 shard 0"]);
    for (const [taskId, shard] of [
      [3, 1],
      [4, 1],
      [5, 0],
    ] as const) {
      assert.deepEqual(submit(taskId, { shard }), []);
    }
    assert.deepEqual(finish(2), ["deliver task 2", "release task 2", "dispatch task 5 shard 0"]);
    assert.deepEqual(finish(5), ["deliver task 5", "release task 5", "dispatch task 3 shard 0"]);
    assert.deepEqual(finish(1, { shard: 1 }), ["deliver task 1", "release task 1", "dispatch task 4 shard 1"]);
  });

  test("one task more than may wait is refused", () => {
    const { scheduler, submit } = readyScheduler(1);
    for (let taskId = 0; taskId <= QUEUE_TASKS_MAX; taskId++) submit(taskId);
    assert.equal(scheduler.queuedCount, QUEUE_TASKS_MAX);
    assert.deepEqual(submit(9_999), ["fail task 9999 busy", "release task 9999"]);
  });

  test("a task that throws fails at once and is released when its worker has exited", () => {
    const { step, submit, finish } = readyScheduler(1);
    submit(1);
    submit(2);
    assert.deepEqual(finish(1, { outcome: "threw" }), ["fail task 1 threw", "end shard 0"]);
    assert.deepEqual(step({ kind: "exited", shard: 0 }), ["release task 1", "start shard 0"]);
    assert.deepEqual(step({ kind: "ready", shard: 0 }), ["dispatch task 2 shard 0"]);
  });

  test("a worker that exits under a task fails it; only dying without any work counts as a failed start", () => {
    const { step, submit } = readyScheduler(1);
    for (let taskId = 1; taskId < 10; taskId++) {
      submit(taskId);
      assert.deepEqual(step({ kind: "exited", shard: 0 }), [
        `fail task ${taskId} worker lost`,
        `release task ${taskId}`,
        "start shard 0",
      ]);
      step({ kind: "ready", shard: 0 });
    }
  });

  test("the time to run counts from the dispatch, not while the task waits", () => {
    const { scheduler, submit, step } = readyScheduler(1);
    submit(1);
    assert.deepEqual(step({ kind: "submit", taskId: 2, shard: 0, deadlineMs: undefined, runMs: 100 }), []);
    assert.deepEqual(step({ kind: "tick" }, 5_000), []);
    assert.deepEqual(scheduler.step({ kind: "finished", shard: 0, taskId: 1, outcome: "returned" }, 6_000).map(print), [
      "deliver task 1",
      "release task 1",
      "wake 6100",
      "dispatch task 2 shard 0",
    ]);
    assert.deepEqual(step({ kind: "tick" }, 6_099), []);
    assert.deepEqual(step({ kind: "tick" }, 6_100), ["fail task 2 deadline", "stop task 2 shard 0"]);
    assert.deepEqual(step({ kind: "tick" }, 6_100 + TASK_GRACE_MS), ["end shard 0"]);
  });

  test("a deadline answers the caller at once; the worker is ended when it is not back after the grace time", () => {
    const { scheduler, step, submit } = readyScheduler(1);
    assert.deepEqual(scheduler.step({ kind: "submit", taskId: 1, shard: 0, deadlineMs: 100 }, 0).map(print), [
      "wake 100",
      "dispatch task 1 shard 0",
    ]);
    submit(2, { deadlineMs: 50 });
    assert.deepEqual(step({ kind: "tick" }, 50), ["fail task 2 deadline", "release task 2"]);
    assert.deepEqual(scheduler.step({ kind: "tick" }, 130).map(print), [
      "fail task 1 deadline",
      "stop task 1 shard 0",
      `wake ${100 + TASK_GRACE_MS}`,
    ]);
    assert.deepEqual(step({ kind: "tick" }, 100 + TASK_GRACE_MS - 1), []);
    assert.deepEqual(step({ kind: "tick" }, 100 + TASK_GRACE_MS), ["end shard 0"]);
    assert.deepEqual(step({ kind: "exited", shard: 0 }, 3_000), ["release task 1", "start shard 0"]);
  });

  test("a worker that comes back within the grace time stays, and its late result is dropped", () => {
    const { step, submit, finish } = readyScheduler(1);
    submit(1, { deadlineMs: 100 });
    step({ kind: "tick" }, 100);
    assert.deepEqual(finish(1, { nowMs: 500 }), ["release task 1"]);
    assert.deepEqual(step({ kind: "tick" }, 100 + TASK_GRACE_MS), []);
    assert.deepEqual(submit(2, { nowMs: 3_000 }), ["dispatch task 2 shard 0"]);
  });

  test("cancelling ends a waiting task at once, and gives a running one the grace time", () => {
    const { step, submit } = readyScheduler(1);
    submit(1);
    submit(2);
    submit(3);
    assert.deepEqual(step({ kind: "cancel", taskId: 2 }), ["fail task 2 cancelled", "release task 2"]);
    assert.deepEqual(step({ kind: "cancel", taskId: 1 }, 10), ["fail task 1 cancelled", "stop task 1 shard 0"]);
    assert.deepEqual(step({ kind: "cancel", taskId: 1 }, 20), []);
    assert.deepEqual(step({ kind: "tick" }, 10 + TASK_GRACE_MS), ["end shard 0"]);
    assert.deepEqual(step({ kind: "exited", shard: 0 }, 3_000), ["release task 1", "start shard 0"]);
    assert.deepEqual(step({ kind: "ready", shard: 0 }, 3_000), ["dispatch task 3 shard 0"]);
  });

  test("a result that arrives while its worker is being ended is not delivered", () => {
    const { step, submit, finish } = readyScheduler(1);
    submit(1);
    step({ kind: "cancel", taskId: 1 });
    step({ kind: "tick" }, TASK_GRACE_MS);
    assert.deepEqual(finish(1, { nowMs: TASK_GRACE_MS }), []);
    assert.deepEqual(step({ kind: "exited", shard: 0 }, TASK_GRACE_MS), ["release task 1", "start shard 0"]);
  });

  test("failed starts: a few at once, then later and later; tasks fail while no worker is up", () => {
    const { step, submit } = schedulerOf(1);
    step({ kind: "open" });
    submit(1);
    for (let failure = 1; failure < START_FAILURES_MAX; failure++) {
      assert.deepEqual(step({ kind: "exited", shard: 0 }), ["start shard 0"]);
    }
    assert.deepEqual(step({ kind: "exited", shard: 0 }), ["fail task 1 no worker", "release task 1"]);
    assert.deepEqual(submit(2), ["fail task 2 no worker", "release task 2"]);
    assert.deepEqual(step({ kind: "tick" }, RESTART_DELAY_MS - 1), []);
    assert.deepEqual(step({ kind: "tick" }, RESTART_DELAY_MS), ["start shard 0"]);
    assert.deepEqual(step({ kind: "exited", shard: 0 }, RESTART_DELAY_MS), []);
    assert.deepEqual(step({ kind: "tick" }, 3 * RESTART_DELAY_MS - 1), []);
    assert.deepEqual(step({ kind: "tick" }, 3 * RESTART_DELAY_MS), ["start shard 0"]);
    assert.deepEqual(step({ kind: "ready", shard: 0 }, 4_000), []);
    assert.deepEqual(submit(3, { nowMs: 4_000 }), ["dispatch task 3 shard 0"]);
  });

  test("while another worker is up, tasks of a shard that cannot start are taken over", () => {
    const { step, submit } = schedulerOf(2);
    step({ kind: "open" });
    step({ kind: "ready", shard: 1 });
    for (let failure = 0; failure < START_FAILURES_MAX; failure++) step({ kind: "exited", shard: 0 });
    assert.deepEqual(submit(1, { shard: 0 }), ["dispatch task 1 shard 1"]);
  });

  test("a worker that never reports is ended, which is a failed start", () => {
    const { step } = schedulerOf(1);
    step({ kind: "open" });
    assert.deepEqual(step({ kind: "tick" }, START_TIMEOUT_MS), ["end shard 0"]);
    assert.deepEqual(step({ kind: "exited", shard: 0 }, START_TIMEOUT_MS), ["start shard 0"]);
  });

  test("recycling ends an idle worker at once and a busy one after its task", () => {
    const { step, submit, finish } = readyScheduler(2);
    submit(1, { shard: 1 });
    assert.deepEqual(step({ kind: "recycle", shard: 0 }), ["end shard 0"]);
    assert.deepEqual(step({ kind: "recycle", shard: 1 }), []);
    assert.deepEqual(finish(1, { shard: 1 }), ["deliver task 1", "release task 1", "end shard 1"]);
    assert.deepEqual(step({ kind: "exited", shard: 1 }), ["start shard 1"]);
  });

  test("closing fails what waits, drains what runs, ends the rest, and says when all are gone", () => {
    const { step, submit, finish } = readyScheduler(3);
    submit(1, { shard: 0 });
    submit(2, { shard: 1 });
    submit(3, { shard: 2 });
    submit(4);
    finish(3, { shard: 2 });
    finish(4, { shard: 2 });
    submit(5, { shard: 2 });
    submit(6, { shard: 2 });
    assert.deepEqual(step({ kind: "close", drainMs: 100 }), ["fail task 6 closing", "release task 6"]);
    assert.deepEqual(submit(7), ["fail task 7 closing", "release task 7"]);
    assert.deepEqual(finish(1), ["deliver task 1", "release task 1", "end shard 0"]);
    assert.deepEqual(step({ kind: "exited", shard: 0 }), []);
    assert.deepEqual(step({ kind: "tick" }, 100), [
      "fail task 2 closing",
      "end shard 1",
      "fail task 5 closing",
      "end shard 2",
    ]);
    assert.deepEqual(step({ kind: "exited", shard: 1 }, 100), ["release task 2"]);
    assert.deepEqual(step({ kind: "exited", shard: 2 }, 100), ["release task 5", "closed"]);
  });

  test("whatever happens: one answer and then one release a task, one task a worker, none waits beside an idle worker", () => {
    const SHARD_COUNT = 3;
    const shard = fc.nat(SHARD_COUNT - 1);
    const action = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant("submit" as const), shard, lifeMs: fc.option(fc.nat(3_000)) }),
      },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant("finish" as const), shard, isThrown: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), choice: fc.nat() }) },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant("worker" as const), shard }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("die" as const), shard }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("recycle" as const), shard }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(3_000) }) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 150 }), fc.nat(3_000), (actions, drainMs) => {
        const scheduler = new ShardScheduler(SHARD_COUNT);
        let nowMs = 0;
        let wakeAtMs = Number.POSITIVE_INFINITY;
        let submittedCount = 0;
        let isClosed = false;
        const answered = new Set<number>();
        const released = new Set<number>();
        /** What the host's workers are: none, started, up or being ended, and the task each has. */
        const workers = Array.from({ length: SHARD_COUNT }, () => ({ state: "none", taskId: -1 }));
        const step = (event: ShardEvent): void => {
          for (const effect of scheduler.step(event, nowMs)) {
            const worker = "shard" in effect ? workers[effect.shard]! : { state: "", taskId: -1 };
            if (effect.kind === "start") {
              assert.equal(worker.state, "none", "started twice");
              worker.state = "started";
            } else if (effect.kind === "end") {
              assert.ok(worker.state === "started" || worker.state === "up", "ended what does not run");
              worker.state = "ending";
            } else if (effect.kind === "dispatch") {
              assert.deepEqual(worker, { state: "up", taskId: -1 }, "a worker has one task");
              worker.taskId = effect.taskId;
            } else if (effect.kind === "deliver" || effect.kind === "fail") {
              assert.equal(answered.has(effect.taskId), false, "answered twice");
              answered.add(effect.taskId);
            } else if (effect.kind === "release") {
              assert.equal(
                answered.has(effect.taskId) && !released.has(effect.taskId),
                true,
                "answer, then one release",
              );
              released.add(effect.taskId);
              for (const other of workers) {
                assert.equal(other.taskId === effect.taskId && other.state !== "none", false, "released while it runs");
              }
            } else if (effect.kind === "wake") wakeAtMs = effect.atMs;
            else if (effect.kind === "closed") isClosed = true;
          }
          const hasIdle = workers.some(({ state, taskId }) => state === "up" && taskId === -1);
          assert.equal(hasIdle && scheduler.queuedCount > 0, false, "a task waits beside an idle worker");
        };
        const exit = (index: number): void => {
          const worker = workers[index]!;
          worker.state = "none";
          worker.taskId = -1;
          step({ kind: "exited", shard: index });
        };
        const pass = (ms: number): void => {
          const untilMs = nowMs + ms;
          while (wakeAtMs <= untilMs) {
            nowMs = Math.max(nowMs, wakeAtMs);
            wakeAtMs = Number.POSITIVE_INFINITY;
            step({ kind: "tick" });
          }
          nowMs = untilMs;
        };
        step({ kind: "open" });
        for (const next of actions) {
          const worker = "shard" in next ? workers[next.shard]! : { state: "", taskId: -1 };
          if (next.kind === "submit") {
            const deadlineMs = next.lifeMs === null ? undefined : nowMs + next.lifeMs;
            step({ kind: "submit", taskId: submittedCount++, shard: next.shard, deadlineMs });
          } else if (next.kind === "finish" && worker.taskId !== -1 && worker.state === "up") {
            const { taskId } = worker;
            if (!next.isThrown) worker.taskId = -1;
            step({ kind: "finished", shard: next.shard, taskId, outcome: next.isThrown ? "threw" : "returned" });
          } else if (next.kind === "cancel") step({ kind: "cancel", taskId: next.choice % (submittedCount + 1) });
          else if (next.kind === "worker" && worker.state === "started") {
            worker.state = "up";
            step({ kind: "ready", shard: next.shard });
          } else if (next.kind === "worker" && worker.state === "ending") exit(next.shard);
          else if (next.kind === "die" && worker.state !== "none") exit(next.shard);
          else if (next.kind === "recycle") step({ kind: "recycle", shard: next.shard });
          else if (next.kind === "wait") pass(next.ms);
        }
        step({ kind: "close", drainMs });
        pass(drainMs);
        for (const [index, { state }] of workers.entries()) if (state !== "none") exit(index);
        assert.equal(isClosed, true, "closed");
        assert.equal(released.size, submittedCount, "every task is released");
      }),
      { seed: seedFromEnv(), numRuns: 500 },
    );
  });
});
