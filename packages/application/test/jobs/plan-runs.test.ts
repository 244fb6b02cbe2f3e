import assert from "node:assert/strict";
import { planBlocks } from "@eau2/dataframe";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { planRuns, RUN_BYTES_MAX, RUN_CHUNKS_MAX } from "../../src/jobs/plan-runs.js";

const MIB = 1024 ** 2;
const SHAPE = { mode: "words", chunkRows: 262_144 } as const;

testSuite("planRuns", (test) => {
  test("every block is in one run, in order; a run is of one file, and bounded in bytes and chunks", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(200 * MIB), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 1, max: 16 }),
        fc.constantFrom(4_096, 65_536, 262_144),
        (sizes, shardCount, mebibytes, chunkRows) => {
          const blocks = planBlocks(sizes, { blockBytes: mebibytes * MIB });
          const runs = planRuns(blocks, shardCount, { mode: "words", chunkRows });
          assert.deepEqual(
            runs.flatMap((run) => run.blocks),
            blocks,
          );
          runs.forEach((run, index) => {
            const bytes = run.blocks.reduce((sum, { start, end }) => sum + end - start, 0);
            assert.ok(run.blocks.every(({ file }) => file === run.file));
            assert.ok(bytes <= RUN_BYTES_MAX || run.blocks.length === 1);
            assert.ok(Math.ceil(bytes / 2 / chunkRows) <= RUN_CHUNKS_MAX);
            assert.deepEqual([run.index, run.shard], [index, index % shardCount]);
          });
        },
      ),
      { seed: seedFromEnv(51), numRuns: 200 },
    );
  });

  test("with a few blocks for each shard, every shard has some, and about as many as the others", () => {
    for (const shardCount of [1, 2, 3, 5, 8]) {
      const blocks = planBlocks([64 * MIB], { blockBytes: MIB });
      const shares = new Array<number>(shardCount).fill(0);
      for (const { shard, blocks: mine } of planRuns(blocks, shardCount, SHAPE)) shares[shard]! += mine.length;
      assert.ok(Math.min(...shares) >= 64 / shardCount / 2, shares.join());
      assert.ok(Math.max(...shares) <= (64 / shardCount) * 1.5 + 1, shares.join());
    }
  });

  test("tiny blocks and chunks are cut into tasks whose answers fit a message", () => {
    const blocks = planBlocks([100_000], { blockBytes: 1 });
    for (const run of planRuns(blocks, 1, { mode: "lines", chunkRows: 1 }))
      assert.ok(run.blocks.length <= RUN_CHUNKS_MAX);
  });

  test("a block that may have too many chunks is refused with numbers that work", () => {
    const blocks = planBlocks([64 * MIB], { blockBytes: 16 * MIB });
    for (const mode of ["words", "lines"] as const) {
      let error: { code?: string; details?: Record<string, number> } = {};
      try {
        planRuns(blocks, 2, { mode, chunkRows: 1_000 });
      } catch (thrown) {
        error = thrown as typeof error;
      }
      assert.equal(error.code, "USAGE");
      assert.ok(planRuns(blocks, 2, { mode, chunkRows: error.details!.chunkRowsMin! }).length > 0);
      const smaller = planBlocks([64 * MIB], { blockBytes: error.details!.blockBytesMax! });
      assert.ok(planRuns(smaller, 2, { mode, chunkRows: 1_000 }).length > 0);
    }
  });
});
