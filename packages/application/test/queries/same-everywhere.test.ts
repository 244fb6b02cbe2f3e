/**
 * Every golden query on clusters of 1, 2, 3, 5 and 8 nodes of 1 and 2 shards over WebSockets, and embedded: the same bytes, so
 * the same rows in the same order. A cluster grows from one size to the next.
 */
import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import { open } from "../../src/index.js";
import { testCluster } from "../kit/test-cluster.js";
import { PARTITIONED } from "./golden-queries.js";
import { type AskOptions, askAll, type QueryDigest, throughCodec } from "./query-digests.js";

const NODE_COUNTS = [1, 2, 3, 5, 8];
const SHARD_COUNTS = [1, 2];
const MEMORY_BYTES = 128 * 1024 ** 2;
const LIMIT = { timeoutMs: 240_000 };

const seed = seedFromEnv(20_261_124);

type Digests = ReadonlyMap<string, QueryDigest>;

const embedded = async (shards: number, options: AskOptions): Promise<Digests> => {
  await using eau2 = await open({ shards, memoryBytes: 4 * MEMORY_BYTES });
  const digests = await askAll(eau2, options);
  assert.deepEqual(await eau2.store.keys(""), [], "queries and their results leave nothing");
  return digests;
};

/** Row by row, so that the query that differs is named. */
const assertSame = (found: Digests, expected: Digests, where: string, only: (digest: QueryDigest) => unknown): void => {
  assert.deepEqual([...found.keys()], [...expected.keys()]);
  for (const [name, digest] of found)
    assert.deepEqual(only(digest), only(expected.get(name)!), `${name} is another one on ${where} (TEST_SEED=${seed})`);
};

const all = (digest: QueryDigest): QueryDigest => digest;

testSuite("queries: the same everywhere", (test) => {
  let first: Promise<Digests> | undefined;
  const expected = (): Promise<Digests> => {
    first ??= embedded(1, { seed });
    return first;
  };

  test(
    "no golden query is about nothing, and some are finished in several partitions",
    async () => {
      for (const [name, { rowCount }] of await expected()) assert.ok(rowCount > 0, `${name} has no rows`);
      for (const name of PARTITIONED) assert.ok((await expected()).get(name)!.chunkCount > 1, `${name} has one part`);
    },
    LIMIT,
  );

  test(
    "embedded, two shards, with plans that went through bytes and back: the same bytes",
    async () => {
      const found = await embedded(2, { seed, prepare: throughCodec });
      assertSame(found, await expected(), "two shards", all);
    },
    LIMIT,
  );

  test(
    "in larger chunks: the same rows in the same order",
    async () => {
      const found = await embedded(2, { seed, chunkScale: 3 });
      assertSame(found, await expected(), "larger chunks", ({ rows }) => rows);
    },
    LIMIT,
  );

  for (const shardCount of SHARD_COUNTS)
    test(
      `1, 2, 3, 5 and 8 nodes of ${shardCount} shards: the same bytes as embedded, and nothing left`,
      async () => {
        await using cluster = await testCluster({ dataRoots: [[]], shardCount, memoryBytes: MEMORY_BYTES });
        for (const nodeCount of NODE_COUNTS) {
          while (cluster.nodes.length < nodeCount) await cluster.join([]);
          assert.equal((await cluster.eau2.store.homes()).length, nodeCount * shardCount);
          const found = await askAll(cluster.eau2, { seed });
          assertSame(found, await expected(), `${nodeCount} nodes of ${shardCount} shards`, all);
          assert.deepEqual(await cluster.eau2.store.keys(""), [], "queries and their results leave nothing");
        }
        await cluster.idle();
        for (const { pool, store } of cluster.nodes) assert.deepEqual([pool.usedBytes, store.cache.bytes], [0, 0]);
      },
      LIMIT,
    );
});
