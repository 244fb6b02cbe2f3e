import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { SLAB_BYTES } from "../../src/slab/slab-pool.js";
import { runFixture } from "./child-process.js";
import { fixtureEntry } from "./fixture-entry.js";

testSuite("memory of shards", (test) => {
  test("a worker that runs gradually out of heap is TASK_FAILED, is replaced, and the node and its values stay", async () => {
    const { exitCode, output } = await runFixture("heap-exhaustion.ts", fixtureEntry());
    assert.equal(exitCode, 0);
    const { errors, sums, usedBytes, retiredBytes } = JSON.parse(output);
    assert.deepEqual(sums, [[6], [6], [6]]);
    assert.deepEqual([usedBytes, retiredBytes], [0, 0]);
    for (const error of errors) {
      assert.equal(error.code, "TASK_FAILED");
      assert.match(error.message, /task "heap" on shard 0: its worker ended \(.*memory.*\)/);
      assert.deepEqual(error.details, { task: "heap", shard: 0, reason: "worker lost" });
    }
  });

  test("50 values of 65 to 200 MB, put and dropped, keep their bytes and leave resident memory bounded", async () => {
    const { exitCode, output } = await runFixture("large-values.ts", fixtureEntry());
    assert.equal(exitCode, 0);
    const { wrong, peakBytes, reservedBytesPeak, usedBytes, retiredBytes, budgetBytes } = JSON.parse(output);
    assert.deepEqual([wrong, usedBytes, retiredBytes], [[], 0, 0]);
    assert.ok(reservedBytesPeak <= budgetBytes + SLAB_BYTES, `${reservedBytesPeak} bytes were held`);
    assert.ok(peakBytes < 1.5 * budgetBytes + 200e6, `${peakBytes} bytes were resident`);
  });
});
