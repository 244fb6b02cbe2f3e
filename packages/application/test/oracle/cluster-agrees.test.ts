/** Random queries on three nodes against a loop over rows. */
import { testSuite } from "@eau2/testing";
import { testCluster } from "../kit/test-cluster.js";
import { checkSeeds, MEMORY_BYTES, TIME_LIMIT_MS } from "./check-seeds.js";
import { clusterEngine } from "./cluster-engine.js";

testSuite("random queries on three nodes", (test) => {
  test(
    "answers are those of a loop over rows",
    async () => {
      await using cluster = await testCluster({ dataRoots: [[], [], []], memoryBytes: MEMORY_BYTES });
      await checkSeeds(clusterEngine(cluster.eau2), { first: 100_001, count: 800 });
    },
    { timeoutMs: TIME_LIMIT_MS },
  );
});
