import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DataFrame } from "@eau2/dataframe";
import { isEau2Error, type KeyRecord } from "@eau2/protocol";
import { temporaryFolder, testSuite } from "@eau2/testing";
import type { Eau2 } from "../../src/session/eau2.js";
import { testCluster } from "../kit/test-cluster.js";
import { distinctText, seededText } from "../kit/texts.js";

const shardWorker = new URL("../fixtures/own-worker.ts", import.meta.url);

const histogram = (eau2: Eau2, frame: KeyRecord, bucketBytes: number, chunkRows: number) =>
  eau2.mapReduce({
    frame,
    column: 0,
    map: { task: "lengths.map", args: { bucketBytes }, withDictionary: true },
    reduce: { task: "lengths.reduce", args: {} },
    columns: [
      { name: "bytes", type: "int64", dictionaryOf: null },
      { name: "lines", type: "int64", dictionaryOf: null },
    ],
    chunkRows,
  });

const pairsOf = async (frame: DataFrame): Promise<[number, number][]> => {
  const pairs: [number, number][] = [];
  for await (const { rowCount, columns } of frame.chunks()) {
    for (let row = 0; row < rowCount; row++)
      pairs.push([columns[0]!.get(row) as number, columns[1]!.get(row) as number]);
  }
  return pairs.sort(([a], [b]) => a - b);
};

const lengthOracle = (text: Buffer, bucketBytes: number): [number, number][] => {
  const counts = new Map<number, number>();
  for (const line of text.toString("latin1").replace(/\n$/, "").split("\n")) {
    const { length } = line.replace(/\r$/, "");
    const bucket = length - (length % bucketBytes);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
};

testSuite("map and reduce with tasks of one's own", (test) => {
  for (const nodeCount of [1, 2]) {
    test(`a histogram of line lengths on ${nodeCount} nodes, coded and plain, is what ten lines say`, async () => {
      using folder = temporaryFolder();
      const dataRoots = Array.from({ length: nodeCount }, () => [folder.path]);
      await using cluster = await testCluster({ dataRoots, shardCount: 2, shardWorker });
      const { eau2 } = cluster;
      const texts = { coded: seededText(7, 80_000, "\r\n"), plain: distinctText(70_000) };
      for (const [name, text] of Object.entries(texts)) {
        const path = join(folder.path, name);
        writeFileSync(path, text);
        const { key, report } = await eau2.loadText([path], { mode: "lines", blockBytes: 10_000, chunkRows: 999 });
        assert.equal(report.coded, name === "coded");
        for (const bucketBytes of [1, 10]) {
          const { frame } = await histogram(eau2, key, bucketBytes, 7);
          assert.deepEqual(await pairsOf(frame), lengthOracle(text, bucketBytes));
          assert.deepEqual(frame.columnNames, ["bytes", "lines"]);
        }
      }
    });
  }

  test("what goes wrong is said with its code, and nothing of the job is left", async () => {
    using folder = temporaryFolder();
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]], shardWorker });
    const { eau2 } = cluster;
    const path = join(folder.path, "text");
    writeFileSync(path, seededText(8, 30_000));
    const { key } = await eau2.loadText([path], { blockBytes: 2_000 });
    const counted = await eau2.countValues(key, "word");
    const kept = await eau2.store.keys("");
    const usedBytes = () => cluster.nodes.map(({ pool, store }) => pool.usedBytes - store.cache.bytes);
    await cluster.idle();
    const before = usedBytes();
    const run = (map: { task: string; args?: Record<string, unknown> }, parts: object = {}) =>
      eau2.mapReduce({
        frame: key,
        column: 0,
        map: { args: {}, ...map },
        reduce: { task: "bad.reduce", args: {} },
        columns: [{ name: "n", type: "int64", dictionaryOf: null }],
        ...parts,
      });
    const failsWith = async (promise: Promise<unknown>, code: string, message: RegExp): Promise<void> => {
      const error = await promise.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.ok(isEau2Error(error), `${code}: ${String(error)}`);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      await cluster.idle();
      assert.deepEqual(await eau2.store.keys(""), kept);
      // Copies of remote values apart, which are let go when others need the room.
      assert.deepEqual(usedBytes(), before, error.message);
    };
    await failsWith(run({ task: "bad.throws" }), "TASK_FAILED", /bad\.throws.*something is not a function/);
    await failsWith(run({ task: "bad.outputs", args: { outputCount: 3 } }), "TASK_FAILED", /made 3 outputs where 1/);
    await failsWith(run({ task: "bad.outputs", args: { outputCount: 0 } }), "TASK_FAILED", /made 0 outputs where 1/);
    await failsWith(
      run({ task: "bad.outputs", args: { outputCount: "x" } }),
      "DATA_INVALID",
      /bad\.outputs.*outputCount/,
    );
    await failsWith(run({ task: "no.such" }), "INTERNAL", /"no\.such" is not registered/);
    await failsWith(run({ task: "bad.throws" }, { column: 1 }), "COLUMN_UNKNOWN", /position 1.*"word"/);
    await failsWith(
      run({ task: "count.map" }, { columns: [{ name: "n", type: "utf8", dictionaryOf: 5 }] }),
      "COLUMN_UNKNOWN",
      /position 5/,
    );
    await failsWith(run({ task: "bad.throws" }, { chunkRows: 0 }), "USAGE", /frame\.map-reduce.*chunkRows/);
    await failsWith(run({ task: "bad.throws" }, { columns: [] }), "USAGE", /columns/);
    await failsWith(eau2.countValues(counted.key, "count"), "TYPE_MISMATCH", /int64/);
    await failsWith(eau2.countValues(key, "words"), "COLUMN_UNKNOWN", /"word"/);
    await failsWith(eau2.frame({ ...key, name: "f/nothing/frame" }), "CHUNK_LOST", /f\/nothing\/frame/);
    // The nodes work as before.
    assert.equal((await eau2.countValues(key, "word")).report.rowCount, counted.report.rowCount);
  });

  test("a value that is no frame, a dropped frame and a node that has gone with its chunks are told apart", async () => {
    using folder = temporaryFolder();
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]] });
    const { eau2 } = cluster;
    const path = join(folder.path, "text");
    writeFileSync(path, seededText(9, 30_000));
    const noFrame = await eau2.store.key("no/frame", 0);
    await eau2.store.put(noFrame, Buffer.from("hello"));
    await assert.rejects(eau2.countValues(noFrame.toRecord(), "word"), { code: "DATA_INVALID" });
    const gone = await eau2.loadText([path]);
    await eau2.dropFrame(gone.key);
    await assert.rejects(eau2.countValues(gone.key, "word"), { code: "KEY_DROPPED" });
    await assert.rejects(eau2.dropFrame(gone.key), { code: "KEY_DROPPED" });
    let { key } = await eau2.loadText([path], { blockBytes: 1_000 });
    // Its id says where its record lies; it must outlive the node.
    while (key.home !== 0) ({ key } = await eau2.loadText([path], { blockBytes: 1_000 }));
    await cluster.nodes[1]!.drain("it ends");
    // That it has gone reaches the other node a moment later.
    while ((await eau2.status()).nodes[1]!.state !== "gone") await new Promise(setImmediate);
    await assert.rejects(eau2.countValues(key, "word"), { code: "CHUNK_LOST", message: /load the frame again/ });
  });
});
