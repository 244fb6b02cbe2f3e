import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestMachine } from "@eau2/node/test/harness/test-machine.js";
import { seedFromEnv, testSuite } from "@eau2/testing";
import { type DemoResult, runDemo } from "./harness/demo.js";
import { oracle } from "./harness/oracle.js";
import { seededText } from "./harness/seeded-text.js";

const NODE_COUNTS = [1, 2, 3, 5, 8];
const SHARD_COUNTS = [1, 2];
const TEXT_BYTES = 300_000;
/** Small enough that each of 16 shards gets several. */
const BLOCK_BYTES = 4_096;
const BLOCK_COUNT_MIN = Math.floor(TEXT_BYTES / BLOCK_BYTES);
const LIMIT = { timeoutMs: 120_000 };

const seed = seedFromEnv(20_260_801);

/** The demo on every number of nodes and shards, one after another. */
const runEverywhere = async (machine: TestMachine, args: readonly string[]): Promise<DemoResult[]> => {
  const results: DemoResult[] = [];
  for (const nodes of NODE_COUNTS)
    for (const shards of SHARD_COUNTS) {
      const size = ["--nodes", String(nodes), "--shards", String(shards), "--block-bytes", String(BLOCK_BYTES)];
      const result = await runDemo(machine, ["text.txt", ...size, ...args]);
      assert.deepEqual([result.nodes, result.shards], [nodes, shards]);
      assert.equal(result.shares.length, nodes * shards);
      for (const share of result.shares)
        assert.ok(share.blocks > 0 && share.rows > 0, `shard ${share.home} read nothing`);
      const blockCount = result.shares.reduce((sum, share) => sum + share.blocks, 0);
      assert.ok(blockCount >= BLOCK_COUNT_MIN, "blocks depend on the input alone");
      results.push(result);
    }
  return results;
};

const only = <T>(values: readonly T[], what: string): T => {
  const distinct = [...new Set(values)];
  assert.equal(distinct.length, 1, `${what} differs between clusters (TEST_SEED=${seed})`);
  return distinct[0]!;
};

testSuite("demo: the same answer everywhere", (test) => {
  const frameDigests = new Map<string, string>();
  for (const [title, args] of [
    ["chunks of 777 rows", ["--chunk-rows", "777"]],
    ["chunks of the default size", []],
  ] as const) {
    test(
      `1, 2, 3, 5 and 8 nodes with 1 and 2 shards each yield the same words and the same bytes, in ${title}`,
      async () => {
        await using machine = new TestMachine();
        const text = seededText(seed, TEXT_BYTES);
        writeFileSync(join(machine.path, "text.txt"), text);
        const results = await runEverywhere(machine, args);
        const expected = oracle(text);
        assert.equal(
          only(
            results.map(({ sha256 }) => sha256),
            "sha256",
          ),
          expected.sha256,
        );
        assert.deepEqual([results[0]!.words, results[0]!.distinct], [expected.words, expected.distinct]);
        only(
          results.map(({ top }) => JSON.stringify(top)),
          "top",
        );
        const digest = only(
          results.map(({ frameSha256 }) => frameSha256),
          "frameSha256",
        );
        frameDigests.set(title, digest);
      },
      LIMIT,
    );
  }

  test("the digest of frames does tell chunk sizes apart", () => {
    assert.equal(new Set(frameDigests.values()).size, 2);
  });
});
