import assert from "node:assert/strict";
import { Eau2Error, isEau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { QUEUE_TASKS_MAX, TASK_GRACE_MS } from "../../src/shard/shard-scheduler.js";
import type { RangeRef } from "../../src/slab/range.js";
import type { SlabPool } from "../../src/slab/slab-pool.js";
import { fixtureEntry } from "./fixture-entry.js";
import { fixtureHost, signalOf } from "./fixture-host.js";

const entry = fixtureEntry();

const rangeWith = (pool: SlabPool, bytes: readonly number[]) => {
  const range = pool.allocate(bytes.length);
  range.view().set(bytes);
  return range;
};
/** Four bytes that a `gate` task waits on, and what opens it. */
const gateOf = (pool: SlabPool) => {
  const range = rangeWith(pool, [0, 0, 0, 0]);
  const cell = new Int32Array(pool.slabBuffer(range.slabId), range.offset, 1);
  const open = (): void => {
    Atomics.store(cell, 0, 1);
    Atomics.notify(cell, 0);
  };
  return { range, open };
};
const request = (name: string, args: unknown = undefined, inputs: readonly RangeRef[] = []) => ({ name, args, inputs });

testSuite("WorkerShardHost", (test) => {
  test("a task gets its arguments and the bytes of its inputs, and its outputs are there without a copy", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, pool } = fixture;
    const inputs = [rangeWith(pool, [1, 2, 3]), rangeWith(pool, []), rangeWith(pool, [100])];
    assert.deepEqual((await host.run(0, request("echo", { a: [1n, "x"] }))).value, { a: [1n, "x"] });
    assert.deepEqual((await host.run(0, request("sum", undefined, inputs))).value, [6, 0, 100]);
    const { outputs } = await host.run(0, request("double", undefined, inputs));
    assert.deepEqual(
      outputs.map((ref) => [...pool.viewOf(ref)]),
      [[2, 4, 6], [], [200]],
    );
    assert.equal(pool.usedBytes, 6 * 64);
    for (const range of [...inputs, ...outputs]) pool.free(range);
    assert.deepEqual([pool.usedBytes, pool.retiredBytes], [0, 0]);
  });

  test("an output may be the beginning of what was allocated; the rest is freed", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, pool } = fixture;
    const { outputs } = await host.run(0, request("trimmed", 65));
    assert.deepEqual([outputs[0]!.bytes, pool.usedBytes, pool.retiredBytes], [65, 128, 0]);
    assert.deepEqual([...pool.viewOf(outputs[0]!)], new Array(65).fill(5));
  });

  test("ranges that a task allocated and did not hand over are freed, also when it throws", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, pool } = fixture;
    await host.run(0, request("waste", { count: 3, bytes: 1_000 }));
    assert.deepEqual([pool.usedBytes, pool.retiredBytes], [0, 0]);
    await assert.rejects(host.run(0, request("waste", { count: 3, bytes: 1_000, message: "no" })), {
      code: "TASK_FAILED",
    });
    await host.run(0, request("echo"));
    assert.deepEqual([pool.usedBytes, pool.retiredBytes], [0, 0]);
  });

  test("memory that is not there is a typed error inside the task", async () => {
    await using fixture = fixtureHost({ entry, budgetBytes: 100_000 });
    const { host, pool } = fixture;
    await assert.rejects(host.run(0, request("waste", { count: 3, bytes: 40_000 })), { code: "MEMORY_EXCEEDED" });
    assert.equal(pool.usedBytes, 0);
  });

  test("memory that a task has dropped is gone once it has asked for that", async () => {
    await using fixture = fixtureHost({ entry });
    assert.equal((await fixture.host.run(0, request("reclaims"))).value, true);
  });

  test("progress arrives in order, before the result", async () => {
    await using fixture = fixtureHost({ entry });
    const reported: unknown[] = [];
    const result = await fixture.host.run(0, request("report", 3), { onProgress: (value) => reported.push(value) });
    assert.deepEqual([reported, result.value], [[1, 2, 3], "reported"]);
  });

  test("a typed error comes through with code, message and details, and the worker stays", async () => {
    await using fixture = fixtureHost({ entry });
    const { host } = fixture;
    const before = await host.run(0, request("thread"));
    await assert.rejects(host.run(0, request("typedError")), {
      name: "Eau2Error",
      code: "COLUMN_UNKNOWN",
      message: `column "x" is not there`,
      details: { column: "x", row: 3 },
    });
    assert.equal((await host.run(0, request("thread"))).value, before.value);
  });

  test("anything else that a task throws is TASK_FAILED with its message, and the worker is replaced", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, pool } = fixture;
    const kept = rangeWith(pool, [7]);
    const before = await host.run(0, request("thread"));
    await assert.rejects(host.run(0, request("boom")), (error: unknown) => {
      assert.ok(isEau2Error(error, "TASK_FAILED"));
      assert.match(error.message, /task "boom" on shard 0.*kaboom/);
      assert.deepEqual(error.details, { task: "boom", shard: 0, reason: "threw" });
      assert.match((error.cause as Error).stack ?? "", /tasks\.ts/);
      return true;
    });
    assert.notEqual((await host.run(0, request("thread"))).value, before.value);
    assert.deepEqual((await host.run(0, request("sum", undefined, [kept]))).value, [7]);
    for (const [name, args] of [["throws", "text"], ["notCloneable"], ["exits"], ["foreignOutput"]] as const) {
      await assert.rejects(host.run(0, request(name, args)), { code: "TASK_FAILED" }, name);
    }
    assert.equal((await host.run(0, request("echo", 1))).value, 1);
  });

  test("a worker that dies between tasks is replaced", async () => {
    const died = signalOf();
    const logged: string[] = [];
    const log = (message: string): void => {
      logged.push(message);
      died.resolve();
    };
    await using fixture = fixtureHost({ entry, log });
    const { host } = fixture;
    assert.equal((await host.run(0, request("throwsLater"))).value, "returned");
    await died.promise;
    assert.equal((await host.run(0, request("echo", 2))).value, 2);
    assert.deepEqual(logged, ["a worker ended (later)"]);
  });

  test("arguments that cannot be cloned and unknown tasks are errors of the caller; the worker stays", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, logged } = fixture;
    await assert.rejects(
      host.run(
        0,
        request("echo", () => 1),
      ),
      { code: "USAGE" },
    );
    await assert.rejects(host.run(0, request("nothing")), { code: "INTERNAL" });
    assert.equal((await host.run(0, request("echo", 2))).value, 2);
    assert.deepEqual(logged, []);
  });

  test("an endless loop: DEADLINE when the time is up, and 2 s later its worker is replaced", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, clock, pool, logged } = fixture;
    const input = rangeWith(pool, [1]);
    const started = signalOf();
    const endless = host.run(0, request("spin", undefined, [input]), { timeLeftMs: 500, onProgress: started.resolve });
    await started.promise;
    pool.free(input);
    clock.advance(499);
    const next = host.run(0, request("echo", 3));
    clock.advance(1);
    await assert.rejects(endless, { code: "DEADLINE" });
    clock.advance(TASK_GRACE_MS - 1);
    assert.deepEqual([pool.retiredBytes, logged.length], [64, 0]);
    clock.advance(1);
    assert.equal((await next).value, 3);
    assert.deepEqual([pool.retiredBytes, logged.length], [0, 1]);
  });

  test("a cancelled task gets CANCELLED at once and can see it; back in time, its worker stays", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, pool, logged } = fixture;
    const before = await host.run(0, request("thread"));
    for (const name of ["untilCancelled", "allocateWhenCancelled"]) {
      const controller = new AbortController();
      const started = signalOf();
      const { signal } = controller;
      const task = host.run(0, request(name), { signal, onProgress: started.resolve });
      await started.promise;
      controller.abort(new Eau2Error("CANCELLED", "enough"));
      await assert.rejects(task, { code: "CANCELLED", message: "enough" });
      await assert.rejects(host.run(0, request("echo"), { signal }), { code: "CANCELLED" });
    }
    assert.equal((await host.run(0, request("thread"))).value, before.value);
    assert.deepEqual([pool.usedBytes, logged], [0, []]);
  });

  test("time left is what is left when the worker gets the task; without time there is no task", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, clock, pool } = fixture;
    await host.run(0, request("echo"));
    const gate = gateOf(pool);
    const first = host.run(0, request("gate", undefined, [gate.range]));
    const second = host.run(0, request("timeLeft"), { timeLeftMs: 1_000 });
    clock.advance(300);
    gate.open();
    await first;
    assert.equal((await second).value, 700);
    await assert.rejects(host.run(0, request("echo"), { timeLeftMs: 0 }), { code: "DEADLINE" });
  });

  test("an idle shard takes over what waits for a busy one", async () => {
    await using fixture = fixtureHost({ entry, shardCount: 2 });
    const { host, pool } = fixture;
    const gate = gateOf(pool);
    const blocked = host.run(0, request("gate", undefined, [gate.range]));
    const others = await Promise.all([1, 2, 3].map((value) => host.run(0, request("echo", value))));
    assert.deepEqual(
      others.map(({ value }) => value),
      [1, 2, 3],
    );
    gate.open();
    assert.deepEqual((await blocked).value, []);
  });

  test("at the bound of the queue a task is BUSY", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, pool } = fixture;
    await host.run(0, request("echo"));
    const gate = gateOf(pool);
    const first = host.run(0, request("gate", undefined, [gate.range]));
    const queued = Array.from({ length: QUEUE_TASKS_MAX }, (_, index) => host.run(0, request("echo", index)));
    assert.equal(host.queuedCount, QUEUE_TASKS_MAX);
    await assert.rejects(host.run(0, request("echo")), { code: "BUSY" });
    gate.open();
    await first;
    const values = (await Promise.all(queued)).map(({ value }) => value);
    assert.deepEqual(values, [...queued.keys()]);
  });

  test("a range freed while a task runs, or waits, keeps its bytes until that task is over", async () => {
    await using fixture = fixtureHost({ entry, budgetBytes: 65_536 });
    const { host, pool } = fixture;
    await host.run(0, request("echo"));
    const gate = gateOf(pool);
    const [first, second] = [rangeWith(pool, [1, 2, 3]), rangeWith(pool, [4, 5, 6])];
    const running = host.run(0, request("gate", undefined, [gate.range, first]));
    const waiting = host.run(0, request("gate", undefined, [gate.range, second]));
    pool.free(first);
    pool.free(second);
    assert.equal(pool.retiredBytes, 128);
    const fresh = Array.from({ length: 900 }, () => pool.allocate(64));
    for (const range of fresh) range.view().fill(255);
    for (const range of fresh) pool.free(range);
    gate.open();
    assert.deepEqual((await running).value, [1, 2, 3]);
    assert.deepEqual((await waiting).value, [4, 5, 6]);
    assert.equal(pool.retiredBytes, 0);
  });

  test("a slab that was let go is forgotten by idle workers, which stay; one that keeps a view is replaced", async () => {
    await using fixture = fixtureHost({ entry });
    const { host, pool, logged } = fixture;
    const range = rangeWith(pool, [1]);
    const before = await host.run(0, request("touch", undefined, [range]));
    assert.equal(before.value, 1);
    await host.recycleIdle([range.slabId]);
    assert.deepEqual(logged, []);
    await host.run(0, request("keep", undefined, [range]));
    await host.recycleIdle([range.slabId]);
    assert.equal(logged.length, 2);
    assert.equal((await host.run(0, request("touch", undefined, [range]))).value, 1);
  });

  test("an entry that never starts is tried a few times at once and then rarely, and tasks fail", async () => {
    await using fixture = fixtureHost({ entry: fixtureEntry("broken-entry.ts") });
    const { host, clock, logged } = fixture;
    await assert.rejects(host.run(0, request("echo")), { code: "TASK_FAILED", message: /this entry never starts/ });
    assert.equal(logged.length, 3);
    await assert.rejects(host.run(0, request("echo")), { code: "TASK_FAILED" });
    assert.equal(clock.timerCount, 1);
  });

  test("closing fails what waits, lets a running task finish in its time, and may be called again", async () => {
    const { host, pool, clock } = fixtureHost({ entry });
    await host.run(0, request("echo"));
    const gate = gateOf(pool);
    const running = host.run(0, request("gate", undefined, [gate.range]));
    const waiting = host.run(0, request("echo"));
    const closed = host.close({ drainMs: 1_000 });
    await assert.rejects(waiting, { code: "NODE_GONE" });
    await assert.rejects(host.run(0, request("echo")), { code: "NODE_GONE" });
    gate.open();
    assert.deepEqual((await running).value, []);
    await closed;
    await host.close();
    assert.deepEqual([clock.timerCount, pool.retiredBytes], [0, 0]);
  });

  test("closing without patience ends a running task", async () => {
    const { host, pool } = fixtureHost({ entry });
    const started = signalOf();
    const running = host.run(0, request("spin"), { onProgress: started.resolve });
    await started.promise;
    const failed = assert.rejects(running, { code: "NODE_GONE" });
    await host.close();
    await failed;
    pool.free(pool.allocate(10));
    assert.equal(pool.retiredBytes, 0);
  });
});
