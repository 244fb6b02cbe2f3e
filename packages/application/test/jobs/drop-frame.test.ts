import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { countsOf, wordOracle } from "../kit/digests.js";
import { meddledJobs } from "../kit/meddled-jobs.js";
import { testCluster } from "../kit/test-cluster.js";
import { seededText } from "../kit/texts.js";

testSuite("dropping a frame", (test) => {
  test("its dictionary stays while another frame refers to it, and goes with the last one", async () => {
    using folder = temporaryFolder();
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]] });
    const { eau2, nodes } = cluster;
    const path = join(folder.path, "text");
    const text = seededText(10, 20_000);
    writeFileSync(path, text);
    const loaded = await eau2.loadText([path], { blockBytes: 3_000 });
    const one = await eau2.countValues(loaded.key, "word");
    const two = await eau2.countValues(loaded.key, "word");
    const [dictionary] = loaded.frame.record.dictionaries;
    assert.deepEqual(one.frame.record.dictionaries[0], dictionary);
    await eau2.dropFrame(loaded.key);
    await eau2.dropFrame(one.key);
    assert.deepEqual(await countsOf(await eau2.frame(two.key)), wordOracle(text));
    assert.deepEqual(await eau2.store.keys("d"), [dictionary!.key]);
    await eau2.dropFrame(two.key);
    assert.deepEqual(await eau2.store.keys(""), []);
    for (const { pool, store } of nodes) assert.deepEqual([pool.usedBytes, store.cache.bytes], [0, 0]);
  });

  test("what would refer to a dictionary that is gone is not made: the source was dropped before it was complete", async () => {
    let drop = async () => {};
    const jobs = meddledJobs({
      beforeTask: async (_, name) => {
        if (name === "count.reduce") await drop();
      },
    });
    using folder = temporaryFolder();
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]], jobs });
    const path = join(folder.path, "text");
    writeFileSync(path, seededText(12, 20_000));
    const { key } = await cluster.eau2.loadText([path], { blockBytes: 3_000 });
    const other = await cluster.connect(1);
    // The counts are there by now, and only codes: nothing of the source is read any more.
    drop = () => other.dropFrame(key);
    await assert.rejects(cluster.eau2.countValues(key, "word"), {
      code: "KEY_DROPPED",
      message: /^frame "f\/.*" was dropped/,
    });
    assert.deepEqual(await cluster.eau2.store.keys(""), []);
  });

  test("two that share a dictionary are dropped at the same time: it goes too", async () => {
    using folder = temporaryFolder();
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]] });
    const path = join(folder.path, "text");
    writeFileSync(path, seededText(11, 20_000));
    const loaded = await cluster.eau2.loadText([path]);
    const counted = await cluster.eau2.countValues(loaded.key, "word");
    const other = await cluster.connect(1);
    await Promise.all([cluster.eau2.dropFrame(loaded.key), other.dropFrame(counted.key)]);
    assert.deepEqual(await cluster.eau2.store.keys(""), []);
  });
});
