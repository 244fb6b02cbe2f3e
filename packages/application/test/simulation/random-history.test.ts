/**
 * `TEST_SEED` replays a seed, and with `SIM_TRACE=1` tells what happens in it; `SIM_FIRST` and `SIM_SEEDS` try others and more.
 * `SIM_REPORT` names a file for the figures.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { seedsFromEnv, testSuite } from "@eau2/testing";
import { type History, randomHistory } from "./random-history.js";

/** From so many on the histories must have seen everything. */
const TELLING_COUNT = 200;
const PROGRESS_EVERY = 500;

/** What `pnpm soak sim` has found. */
const FOUND = [
  { seed: 1_652_452_049, what: "a program on a node that joined again, before all others knew its new shards" },
];

const { first, count } = seedsFromEnv({ first: 1, count: 300 });

class Totals {
  readonly counts = new Map<string, number>();
  readonly violations: number[] = [];
  readonly #startMs = performance.now();
  seeds = 0;
  events = 0;
  virtualMs = 0;

  add({ seed, events, virtualMs, counts, faults }: History): void {
    this.seeds++;
    this.events += events;
    this.virtualMs += virtualMs;
    for (const [what, times] of counts) this.counts.set(what, (this.counts.get(what) ?? 0) + times);
    if (faults.length === 0) return;
    this.violations.push(seed);
    const replay = `cd packages/application && TEST_SEED=${seed} SIM_TRACE=1 TEST_ONLY=simulation pnpm test`;
    console.error(`seed ${seed}: ${faults.join("\n  ")}\n  replay: ${replay}`);
  }

  get figures() {
    const { seeds, events, virtualMs } = this;
    const ms = Math.round(performance.now() - this.#startMs);
    return { seeds, violations: this.violations.length, events, virtualMs: Math.round(virtualMs), ms };
  }

  toString(): string {
    const { seeds, violations, events, ms } = this.figures;
    return `${seeds} of ${count} histories, ${((seeds / ms) * 1000).toFixed(1)} a second, ${events} events, ${violations} violations`;
  }
}

testSuite("random histories of nodes, clients and programs", (test) => {
  test(
    `whoever asks gets one right answer and nothing is left, whatever breaks: ${count} seeds from ${first}`,
    async () => {
      const totals = new Totals();
      for (let seed = first; seed < first + count; seed++) {
        totals.add(await randomHistory(seed));
        if (totals.seeds % PROGRESS_EVERY === 0) console.log(`${totals}`);
      }
      console.log(`${totals}\n${JSON.stringify(Object.fromEntries([...totals.counts].sort()))}`);
      const report = process.env.SIM_REPORT;
      if (report) writeFileSync(report, JSON.stringify(totals.figures));
      assert.deepEqual(totals.violations, [], "these seeds have violations; TEST_SEED=N replays one");
      if (count < TELLING_COUNT) return;
      // They must neither all go well nor all fail, else they would show nothing.
      const { counts } = totals;
      assert.ok(counts.get("program code 0")! > counts.get("programs")! * 0.15, "enough programs go well");
      for (const code of ["CANCELLED", "NODE_GONE", "PEER_GONE", "TASK_FAILED", "DEADLINE", "WAIT_DEADLOCK", "code 1"])
        assert.ok(counts.get(`program ${code}`), code);
      for (const what of ["breaks", "cuts", "kills", "kills of the master", "stops", "restarts", "deadlocks judged"])
        assert.ok(counts.get(what), what);
    },
    { timeoutMs: 240_000 },
  );

  test("histories that once broke a promise keep it", async () => {
    const faults = [];
    for (const { seed, what } of FOUND)
      for (const fault of (await randomHistory(seed)).faults) faults.push(`${what}: ${fault}`);
    assert.deepEqual(faults, []);
  });

  test("the same seed is the same history, to the millisecond", async () => {
    for (const seed of [3, 17, 40]) {
      const [one, again] = [await randomHistory(seed), await randomHistory(seed)];
      assert.equal(one.digest, again.digest, `seed ${seed}`);
    }
    assert.notEqual((await randomHistory(3)).digest, (await randomHistory(17)).digest);
  });
});
