/** Random queries inside one process, on two shards, against a loop over rows. */
import { testSuite } from "@eau2/testing";
import { open } from "../../src/index.js";
import { checkSeeds, MEMORY_BYTES, TIME_LIMIT_MS } from "./check-seeds.js";
import { clusterEngine } from "./cluster-engine.js";

testSuite("random queries, embedded", (test) => {
  test(
    "answers are those of a loop over rows",
    async () => {
      await using eau2 = await open({ shards: 2, memoryBytes: MEMORY_BYTES });
      await checkSeeds(clusterEngine(eau2), { first: 1, count: 1200 });
    },
    { timeoutMs: TIME_LIMIT_MS },
  );
});
