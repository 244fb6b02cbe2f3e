import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { runAll } from "../../src/jobs/run-all.js";

/** Work that ends when the test says so. */
const heldWork = () => {
  const held = new Map<number, { resolve(value: string): void; reject(error: Error): void }>();
  const work = (item: number) =>
    new Promise<string>((resolve, reject) => {
      held.set(item, { resolve, reject });
    });
  return { held, work };
};

const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

testSuite("runAll", (test) => {
  test("results are in order of the items, whatever ends first, and a lane has no more than its bound under way", async () => {
    const { held, work } = heldWork();
    const items = [0, 1, 2, 3, 4, 5, 6];
    const all = runAll(
      items,
      (item) => (item < 5 ? "a" : "b"),
      2,
      work,
      () => {},
    );
    assert.deepEqual([...held.keys()], [0, 1, 5, 6]);
    held.get(1)!.resolve("1");
    await aTurn();
    assert.deepEqual([...held.keys()], [0, 1, 5, 6, 2]);
    for (const item of [6, 2, 5, 0]) held.get(item)!.resolve(String(item));
    await aTurn();
    for (const item of [4, 3]) held.get(item)!.resolve(String(item));
    assert.deepEqual(await all, items.map(String));
  });

  test("after a failure nothing new begins; it is thrown once what was under way has ended", async () => {
    const { held, work } = heldWork();
    const failures: unknown[] = [];
    const all = runAll(
      [0, 1, 2, 3],
      () => "a",
      2,
      work,
      (error) => failures.push(error),
    );
    let ended = false;
    const outcome = all
      .catch((error: unknown) => error)
      .finally(() => {
        ended = true;
      });
    const [first, second] = [new Error("first"), new Error("second")];
    held.get(0)!.reject(first);
    await aTurn();
    assert.deepEqual([ended, failures], [false, [first]]);
    held.get(1)!.reject(second);
    assert.equal(await outcome, first);
    assert.deepEqual([held.size, failures], [2, [first]]);
  });

  test("nothing to do is done at once", async () => {
    assert.deepEqual(
      await runAll(
        [],
        () => "a",
        2,
        async () => 1,
        () => {},
      ),
      [],
    );
  });
});
