import assert from "node:assert/strict";
import { Eau2Error } from "@eau2/protocol";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import {
  type ProgramEffect,
  type ProgramEvent,
  type ProgramLife,
  startLife,
  stepLife,
} from "../../src/programs/program-life.js";

const SEED = seedFromEnv(11);
const boom = new Eau2Error("TASK_FAILED", "boom");
const later = new Eau2Error("NODE_GONE", "later");

/** Runs events one after another; what was to be done, event by event. */
const play = (count: number, events: readonly ProgramEvent[]) => {
  let life = startLife(count);
  const effects: (readonly ProgramEffect[])[] = [];
  for (const event of events) {
    const [next, done] = stepLife(life, event);
    life = next;
    effects.push(done);
  }
  return { life, effects };
};

const ready = (node: number): ProgramEvent => ({ kind: "ready", node });
const parked = (node: number, isParked = true): ProgramEvent => ({ kind: "parked", node, parked: isParked });
const ended = (node: number, code = 0): ProgramEvent => ({ kind: "ended", node, code });
const failed = (node: number, error = boom): ProgramEvent => ({ kind: "failed", node, error });
const stopped: ProgramEvent = { kind: "stopped", error: later };
const over = (code: number, failure?: Eau2Error): ProgramEffect => ({ kind: "over", code, failure });
const end = (nodes: readonly number[], error = boom): ProgramEffect => ({ kind: "end", nodes, error });

testSuite("the life of a program", (test) => {
  test("all are told to run once all are ready, and it is over when all have ended", () => {
    const { life, effects } = play(2, [ready(1), ready(0), ended(0), ended(1)]);
    assert.deepEqual(effects, [[], [{ kind: "go" }], [], [over(0)]]);
    assert.equal(life.phase, "over");
  });

  test("the code is that of the first node, by index, whose code is not 0", () => {
    const { effects } = play(3, [ready(0), ready(1), ready(2), ended(2, 7), ended(1, 3), ended(0)]);
    assert.deepEqual(effects.at(-1), [over(3)]);
  });

  test("a failure ends those that are left, at each step, and is what comes out", () => {
    for (const before of [[], [ready(0)], [ready(0), ready(1), ready(2)], [ready(0), ready(1), ready(2), parked(0)]]) {
      const { effects } = play(3, [...before, failed(1), failed(0, later), ended(2)]);
      assert.deepEqual(effects.slice(before.length), [[end([0, 2])], [], [over(1, boom)]]);
    }
    const { effects } = play(2, [ready(0), ready(1), ended(0), failed(1)]);
    assert.deepEqual(effects.slice(2), [[], [over(1, boom)]], "nobody is left to be told");
  });

  test("a node that ends before all are ready is a failure", () => {
    const { life, effects } = play(2, [ready(0), ended(1, 0)]);
    assert.deepEqual(
      effects[1]!.map(({ kind }) => kind),
      ["end"],
    );
    assert.match(life.failure!.message, /ended with code 0 while it was loaded/);
    assert.equal(life.failure!.code, "TASK_FAILED");
  });

  test("stopped, it is over when the last process has gone, and not before", () => {
    const { effects } = play(2, [ready(0), ready(1), stopped, stopped, ended(0, 1), failed(1)]);
    assert.deepEqual(effects.slice(2), [[end([0, 1], later)], [], [], [over(1, later)]]);
  });

  test("what is ready late, after a failure, does not run", () => {
    const { effects } = play(2, [failed(0), ready(1), failed(1)]);
    assert.deepEqual(effects, [[end([1])], [], [over(1, boom)]]);
  });

  test("a deadlock is looked for exactly while it runs and all that is left of it waits", () => {
    const on = { kind: "watch", on: true } as const;
    const off = { kind: "watch", on: false } as const;
    const { effects } = play(2, [ready(0), ready(1), parked(0), parked(1), parked(0, false), ended(0), ended(1)]);
    assert.deepEqual(effects.slice(2), [[], [on], [off], [on], [off, over(0)]]);
    assert.deepEqual(play(1, [parked(0), ready(0)]).effects, [[], [{ kind: "go" }]]);
    assert.deepEqual(play(1, [ready(0), parked(0), stopped]).effects.at(-1), [end([0], later), off]);
  });

  test("whatever happens in whatever order: told to run at most once, over exactly once and with nothing left", () => {
    const event = (node: number): fc.Arbitrary<ProgramEvent> =>
      fc.oneof(
        fc.constant(ready(node)),
        fc.boolean().map((isParked) => parked(node, isParked)),
        fc.integer({ min: 0, max: 255 }).map((code) => ended(node, code)),
        fc.constant(failed(node)),
        fc.constant(stopped),
      );
    const events = fc.array(fc.integer({ min: 0, max: 2 }).chain(event), { maxLength: 30 });
    fc.assert(
      fc.property(events, (random) => {
        // In the end every process ends, as processes do.
        const { life, effects } = play(3, [...random, failed(0), failed(1), failed(2)]);
        const all = effects.flat();
        assert.ok(all.filter(({ kind }) => kind === "go").length <= 1);
        assert.ok(all.filter(({ kind }) => kind === "end").length <= 1);
        assert.equal(all.filter(({ kind }) => kind === "over").length, 1);
        assert.equal(all.at(-1)!.kind, "over");
        assert.equal(watchedAtEnd(all), false);
        assert.ok(life.nodes.every(({ phase }) => phase === "ended"));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test("an event of the past changes nothing when it is over", () => {
    const { life }: { life: ProgramLife } = play(1, [ready(0), ended(0)]);
    for (const event of [ready(0), parked(0), ended(0), failed(0), stopped])
      assert.deepEqual(stepLife(life, event), [life, []]);
  });
});

const watchedAtEnd = (effects: readonly ProgramEffect[]): boolean => {
  const last = effects.filter((effect) => effect.kind === "watch").at(-1);
  return last?.on ?? false;
};
