import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { type EpochTicket, TaskEpochs } from "../../src/slab/task-epochs.js";

testSuite("TaskEpochs", (test) => {
  test("without readers an item comes back at once", () => {
    const back: string[] = [];
    const epochs = new TaskEpochs<string>((item) => back.push(item));
    epochs.leave(epochs.enter());
    epochs.retire("a");
    assert.deepEqual(back, ["a"]);
  });

  test("an item comes back when the last of the tickets entered before it is left, whatever entered later", () => {
    const back: string[] = [];
    const epochs = new TaskEpochs<string>((item) => back.push(item));
    const [early, alsoEarly] = [epochs.enter(), epochs.enter()];
    epochs.retire("a");
    const late = epochs.enter();
    epochs.retire("b");
    epochs.leave(alsoEarly);
    assert.deepEqual(back, []);
    epochs.leave(early);
    assert.deepEqual(back, ["a"]);
    epochs.leave(late);
    assert.deepEqual(back, ["a", "b"]);
    assert.deepEqual([epochs.ticketCount, epochs.retiredCount], [0, 0]);
  });

  test("leaving twice, or where one did not enter, is a broken invariant", () => {
    const epochs = new TaskEpochs<string>(() => {});
    const ticket = epochs.enter();
    assert.throws(() => new TaskEpochs<string>(() => {}).leave(ticket), /invariant/);
    epochs.leave(ticket);
    assert.throws(() => epochs.leave(ticket), /invariant/);
  });

  test("any interleaving gives back exactly the items whose earlier tickets have all been left, in order", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant({ kind: "enter" as const }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("leave" as const), choice: fc.nat() }) },
      { weight: 4, arbitrary: fc.constant({ kind: "retire" as const }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const back: number[] = [];
        const epochs = new TaskEpochs<number>((item) => back.push(item));
        const out: { ticket: EpochTicket; entered: number }[] = [];
        const retired: { item: number; at: number }[] = [];
        for (const [now, next] of steps.entries()) {
          if (next.kind === "enter") out.push({ ticket: epochs.enter(), entered: now });
          else if (next.kind === "retire") {
            retired.push({ item: now, at: now });
            epochs.retire(now);
          } else if (out.length > 0) epochs.leave(out.splice(next.choice % out.length, 1)[0]!.ticket);
          const oldest = Math.min(...out.map(({ entered }) => entered));
          const expected = retired.filter(({ at }) => at < oldest).map(({ item }) => item);
          assert.deepEqual(back, expected);
          assert.equal(epochs.retiredCount, retired.length - expected.length);
        }
      }),
      { seed: seedFromEnv(), numRuns: 300 },
    );
  });

  test("a long reader's queue of 10,000 items is handed back in order, in parts", () => {
    const back: number[] = [];
    const epochs = new TaskEpochs<number>((item) => back.push(item));
    const tickets = Array.from({ length: 10_000 }, (_, item) => {
      const ticket = epochs.enter();
      epochs.retire(item);
      return ticket;
    });
    for (const [index, ticket] of tickets.entries()) {
      epochs.leave(ticket);
      assert.equal(back.length, index + 1);
    }
    assert.deepEqual(back, [...tickets.keys()]);
  });
});
