/**
 * Random queries over random tables against a naive reference. `TEST_SEED` replays a seed; `SIM_FIRST` and `SIM_SEEDS` try
 * others and more, as `pnpm soak query` does.
 */
import { checkSeed, type Engine } from "@eau2/oracle";
import { seedsFromEnv, testSuite } from "@eau2/testing";
import { open } from "../../src/index.js";
import { testCluster } from "../kit/test-cluster.js";
import { clusterEngine } from "./cluster-engine.js";

const MEMORY_BYTES = 256 * 1024 ** 2;

const checkSeeds = async (engine: Engine, committed: { readonly first: number; readonly count: number }) => {
  const { first, count } = seedsFromEnv(committed);
  for (let seed = first; seed < first + count; seed++) await checkSeed(seed, engine);
};

testSuite("random plans", (test) => {
  test(
    "embedded, two shards agree with a loop over rows",
    async () => {
      await using eau2 = await open({ shards: 2, memoryBytes: MEMORY_BYTES });
      await checkSeeds(clusterEngine(eau2), { first: 1, count: 400 });
    },
    { timeoutMs: 120_000 },
  );
  test(
    "three nodes agree with a loop over rows",
    async () => {
      await using cluster = await testCluster({ dataRoots: [[], [], []], memoryBytes: MEMORY_BYTES });
      await checkSeeds(clusterEngine(cluster.eau2), { first: 10_001, count: 300 });
    },
    { timeoutMs: 120_000 },
  );
});
