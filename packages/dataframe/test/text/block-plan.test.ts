import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { BLOCK_BYTES_MAX, defaultBlockBytes, planBlocks } from "../../src/text/block-plan.js";

const KIB = 1024;
const MIB = 1024 ** 2;

testSuite("planBlocks", (test) => {
  test("the block size is a 64th of the input, between 64 KiB and 16 MiB, in whole 64 KiB", () => {
    assert.equal(defaultBlockBytes(0), 64 * KIB);
    assert.equal(defaultBlockBytes(4 * MIB), 64 * KIB);
    assert.equal(defaultBlockBytes(4 * MIB + 1), 128 * KIB);
    assert.equal(defaultBlockBytes(300_000_000), 72 * 64 * KIB);
    assert.equal(defaultBlockBytes(1024 * MIB), 16 * MIB);
    assert.equal(defaultBlockBytes(1024 ** 4), 16 * MIB);
  });

  test("it depends on the total size, not on how many files hold it", () => {
    const sizes = (files: number[]) => new Set(planBlocks(files).map((block) => block.end - block.start));
    assert.deepEqual(sizes([64 * MIB]), new Set([MIB]));
    assert.deepEqual(sizes([16 * MIB, 32 * MIB, 16 * MIB]), new Set([MIB]));
  });

  test("blocks cover every byte of every file once, in order, and an empty file has none", () => {
    assert.deepEqual(planBlocks([5, 0, 2], { blockBytes: 3 }), [
      { index: 0, file: 0, start: 0, end: 3 },
      { index: 1, file: 0, start: 3, end: 5 },
      { index: 2, file: 2, start: 0, end: 2 },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 6 }), fc.integer({ min: 1, max: 700 }), (files, blockBytes) => {
        const blocks = planBlocks(files, { blockBytes });
        let at = 0;
        files.forEach((bytes, file) => {
          for (let from = 0; from < bytes; at++) {
            const block = blocks[at]!;
            assert.deepEqual([block.index, block.file, block.start], [at, file, from]);
            assert.ok(block.end > from && block.end - from <= blockBytes);
            from = block.end;
          }
        });
        assert.equal(at, blocks.length);
      }),
      { seed: seedFromEnv(22), numRuns: 200 },
    );
  });

  test("a size that is no size, and more than a million blocks, are USAGE", () => {
    for (const blockBytes of [0, -1, 1.5, Number.NaN, BLOCK_BYTES_MAX + 1]) {
      assert.throws(() => planBlocks([10], { blockBytes }), { code: "USAGE" });
    }
    assert.equal(planBlocks([1_000_000], { blockBytes: 1 }).length, 1_000_000);
    assert.throws(() => planBlocks([1_000_000, 1], { blockBytes: 1 }), { code: "USAGE", message: /larger blocks/ });
    assert.equal(planBlocks([10], { blockBytes: BLOCK_BYTES_MAX }).length, 1);
  });
});
