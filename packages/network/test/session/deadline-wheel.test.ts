import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { type Deadline, DeadlineWheel } from "../../src/session/deadline-wheel.js";
import { ManualClock } from "../kit/manual-clock.js";

const BUCKET_MS = 20;

class Noted implements Deadline {
  bucket = -1;
  firedAtMs: number | undefined;
  constructor(private readonly clock: ManualClock) {}
  expire(): void {
    assert.equal(this.firedAtMs, undefined, "a deadline fires once");
    this.firedAtMs = this.clock.now();
  }
}

testSuite("DeadlineWheel", (test) => {
  test("fires each deadline once, never early and less than a bucket late, unless it was removed", () => {
    const entry = fc.record({ atMs: fc.nat(2000), leftMs: fc.nat(3000), removedAfterMs: fc.option(fc.nat(3000)) });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const clock = new ManualClock();
        const wheel = new DeadlineWheel(clock);
        const all = entries.map((given) => ({ ...given, deadline: new Noted(clock) }));
        for (const { atMs, leftMs, removedAfterMs, deadline } of all) {
          clock.after(atMs, () => wheel.add(deadline, leftMs));
          if (removedAfterMs !== null) clock.after(atMs + removedAfterMs, () => wheel.remove(deadline));
        }
        clock.advance(10_000);
        for (const { atMs, leftMs, removedAfterMs, deadline } of all) {
          const dueMs = atMs + leftMs;
          const firedMs = Math.ceil(dueMs / BUCKET_MS) * BUCKET_MS;
          const removedMs = removedAfterMs === null ? Number.POSITIVE_INFINITY : atMs + removedAfterMs;
          // On the same millisecond either may come first.
          if (removedMs === firedMs) continue;
          assert.equal(deadline.firedAtMs, removedMs < firedMs ? undefined : firedMs);
          assert.ok(firedMs - dueMs < BUCKET_MS);
        }
        assert.equal(clock.pending, 0);
      }),
      { seed: seedFromEnv(31), numRuns: 300 },
    );
  });

  test("a deadline that is weeks away does not fire early, nor keep the timer busy", () => {
    const clock = new ManualClock();
    const wheel = new DeadlineWheel(clock);
    const delays: number[] = [];
    const after = clock.after.bind(clock);
    clock.after = (delayMs, run) => {
      delays.push(delayMs);
      return after(delayMs, run);
    };
    const far = new Noted(clock);
    wheel.add(far, 0xffff_fffe);
    clock.advance(0xffff_fffe - 1);
    assert.equal(far.firedAtMs, undefined);
    clock.advance(BUCKET_MS + 1);
    assert.notEqual(far.firedAtMs, undefined);
    // Timers hold 31 bits: a longer delay would fire at once, again and again.
    assert.ok(delays.length <= 4 && delays.every((delayMs) => delayMs < 2 ** 31), String(delays));
  });

  test("an expiring deadline may add another one, and one that is added later may be due earlier", () => {
    const clock = new ManualClock();
    const wheel = new DeadlineWheel(clock);
    const seen: string[] = [];
    const named = (name: string, then?: () => void): Deadline => ({
      bucket: -1,
      expire: () => {
        seen.push(`${name} ${clock.now()}`);
        then?.();
      },
    });
    wheel.add(named("late"), 1000);
    wheel.add(
      named("early", () => wheel.add(named("again"), 100)),
      100,
    );
    clock.advance(5000);
    assert.deepEqual(seen, ["early 100", "again 200", "late 1000"]);
  });

  test("nothing fires after close", () => {
    const clock = new ManualClock();
    const wheel = new DeadlineWheel(clock);
    const deadline = new Noted(clock);
    wheel.add(deadline, 100);
    wheel.close();
    clock.advance(1000);
    assert.equal(deadline.firedAtMs, undefined);
    assert.equal(clock.pending, 0);
  });
});
