/** `SIM_FIRST` and `SIM_SEEDS` try other and more seeds; `TEST_SEED` replays one. */
import assert from "node:assert/strict";
import { seedsFromEnv, testSuite } from "@eau2/testing";
import { randomHistory, runHistories } from "./random-cluster.js";

testSuite("random histories", (test) => {
  const { first, count } = seedsFromEnv({ first: 1, count: 100 });

  test(
    "every request settles rightly and nothing is left over, whatever breaks",
    async () => {
      const histories = await runHistories(first, count);
      const sum = (of: (history: (typeof histories)[number]) => number) =>
        histories.reduce((total, history) => total + of(history), 0);
      const failures = new Map<string, number>();
      for (const history of histories)
        for (const [code, times] of history.failures) failures.set(code, (failures.get(code) ?? 0) + times);
      const answered = sum((history) => history.answered);
      const asked = sum((history) => history.requests);
      console.log(`${count} histories: ${asked} requests, ${answered} answered, ${JSON.stringify([...failures])}`);
      if (count < 50) return;
      // They must neither all go well nor all fail, else they would show nothing.
      assert.ok(answered > asked * 0.4, `${answered} of ${asked} answered`);
      for (const code of ["DEADLINE", "CANCELLED", "PEER_GONE", "TASK_FAILED"]) assert.ok(failures.get(code), code);
    },
    { timeoutMs: 24 * 3600_000 },
  );

  test("the same seed is the same history, to the millisecond", async () => {
    for (const seed of [3, 17, 40]) {
      const [one, again] = [await randomHistory(seed), await randomHistory(seed)];
      assert.equal(one.digest, again.digest, `seed ${seed}`);
    }
    assert.notEqual((await randomHistory(3)).digest, (await randomHistory(17)).digest);
  });
});
