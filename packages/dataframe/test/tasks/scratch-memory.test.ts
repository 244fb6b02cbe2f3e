import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { ScratchMemory } from "../../src/tasks/scratch-memory.js";

testSuite("ScratchMemory", (test) => {
  test("arrays never overlap until all are over, also when the memory grows", () => {
    const scratch = new ScratchMemory();
    for (let round = 0; round < 3; round++) {
      scratch.clear();
      const lengths = [3, 1, 0, 40, 2, 1_000, 5];
      const arrays = lengths.map((length, index) =>
        index % 2 === 0 ? scratch.uint8Array(length) : scratch.uint32Array(length),
      );
      for (const [index, array] of arrays.entries()) array.fill(index + 1);
      for (const [index, array] of arrays.entries()) {
        assert.deepEqual([array.length, array.every((value) => value === index + 1)], [lengths[index], true]);
      }
    }
  });

  test("once it has grown, the same arrays come from the same memory", () => {
    const scratch = new ScratchMemory();
    const arrays = () => {
      scratch.clear();
      return [scratch.uint32Array(1_000), scratch.uint8Array(999)];
    };
    arrays();
    arrays();
    const [before, after] = [arrays(), arrays()];
    assert.equal(before[0]!.buffer, after[0]!.buffer);
    assert.equal(before[1]!.buffer, after[1]!.buffer);
    assert.ok(scratch.bytes < 20_000);
  });
});
