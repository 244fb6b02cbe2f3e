import assert from "node:assert/strict";
import { count, DataFrame, schema, utf8 } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { failsWith, heldBy, holdsOnly } from "../kit/failing.js";
import { testCluster } from "../kit/test-cluster.js";

const Text = schema({ t: utf8 });

testSuite("regular expressions that explode", (test) => {
  test("end with DEADLINE where they cannot be run in linear time, and the next query runs", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []] });
    // Each node has a text for which it takes for ever.
    const rows = Array.from({ length: 20 }, (_, row) => ({ t: `${"a".repeat(row % 10 === 0 ? 40 : 3)}!` }));
    const frame = await DataFrame.fromRows(cluster.eau2.store, Text, rows, { chunkRows: 10 });
    const matching = (pattern: RegExp) => frame.filter((row) => row.t.matches(pattern));
    const linear = matching(/^(a+)+$/).agg({ n: count() });
    assert.deepEqual(await linear.collect(), [{ n: 0 }], "V8 runs this one in linear time");
    const before = await heldBy(cluster);
    const slow = /^(?=a)(a+)+$/;
    for (const asked of [matching(slow), matching(slow).groupBy("t").agg({ n: count() })] as const) {
      const message = /^a regular expression took longer than 1000 ms for a chunk.*without nested repetition/;
      await failsWith(asked.collect(), "DEADLINE", message);
    }
    await holdsOnly(cluster, before, "after patterns that were ended");
    const harmless = matching(/^(?=a)a{3}!$/).agg({ n: count() });
    assert.deepEqual(await harmless.collect(), [{ n: 18 }]);
  });
});
