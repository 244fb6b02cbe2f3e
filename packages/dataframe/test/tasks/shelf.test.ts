import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { withScratchMemory } from "../../src/tasks/shelf.js";

testSuite("what a worker keeps", (test) => {
  test("small things are kept for the next task, large ones are dropped and their memory is given back", async () => {
    let reclaims = 0;
    const context = { reclaim: () => void reclaims++ };
    const use = (bytes: number) =>
      withScratchMemory(context, (scratch) => {
        scratch.clear();
        return scratch.uint8Array(bytes).buffer;
      });
    const small = await use(1_000);
    assert.equal(await use(1_000), small);
    assert.equal(reclaims, 0);
    await use(64 * 1024 ** 2);
    assert.equal(reclaims, 1);
    assert.notEqual(await use(1_000), small);
    assert.equal(reclaims, 1);
  });

  test("what a task has failed with is not used again", async () => {
    const context = { reclaim: () => {} };
    const kept = await withScratchMemory(context, (scratch) => scratch);
    await assert.rejects(
      withScratchMemory(context, () => Promise.reject(new Error("failed"))),
      /failed/,
    );
    assert.notEqual(await withScratchMemory(context, (scratch) => scratch), kept);
  });
});
