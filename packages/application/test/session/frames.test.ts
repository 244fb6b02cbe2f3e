/** Frames with names: on a cluster of real shards, in memory; bound once, listed when complete, dropped for good. */
import assert from "node:assert/strict";
import { copyRow, DataFrame, float64, schema, utf8 } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { open } from "../../src/index.js";
import { testCluster } from "../kit/test-cluster.js";

const Trip = schema({ carrier: utf8, delay: float64 });
const trips = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    carrier: `c${index % 3}`,
    delay: index % 7 === 0 ? null : index / 4,
  }));

testSuite("named frames", (test) => {
  test("two nodes: made through one, read by name through the other, dropped through it", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []], shardCount: 2 });
    const { eau2 } = cluster;
    const other = await cluster.connect(1);
    const made = await DataFrame.fromRows(eau2.store, Trip, trips(50), { name: "my trips/2024", chunkRows: 8 });
    assert.deepEqual(new Set(made.record.chunks.map(({ key }) => key.home)), new Set([0, 1, 2, 3]));
    for (const asked of [other.frame("my trip/2024"), other.describe("My Trips/2024"), other.drop("my trips2024")]) {
      const message = /: there is none of that name \(did you mean "my trips\/2024"\?\); eau2 frames lists them$/;
      await assert.rejects(asked, { code: "FRAME_UNKNOWN", message });
    }
    const read = await other.frame("my trips/2024", Trip);
    const rows: unknown[] = [];
    await read.visitRows((row) => rows.push(copyRow(row)));
    assert.deepEqual(rows, trips(50));
    const [entry, ...more] = await other.frames();
    assert.deepEqual(
      [entry!.name, entry!.rows, entry!.columns, entry!.chunks, entry!.bytes, more.length],
      ["my trips/2024", 50, 2, 7, made.record.bytes, 0],
    );
    await other.drop("my trips/2024");
    assert.deepEqual(await eau2.frames(), []);
    await assert.rejects(eau2.frame("my trips/2024"), { code: "FRAME_UNKNOWN" });
    await assert.rejects(eau2.drop("my trips/2024"), { code: "FRAME_UNKNOWN" });
    await assert.rejects(read.get("delay", 0), { code: "KEY_DROPPED" });
    // Nothing of it is left anywhere but that it was there.
    assert.deepEqual(await eau2.store.keys(""), []);
  });

  test("a name can be used again once it was dropped, any number of times", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []], shardCount: 1 });
    const { eau2 } = cluster;
    const other = await cluster.connect(1);
    for (let round = 0; round < 25; round++) {
      const store = round % 2 === 0 ? eau2.store : other.store;
      await DataFrame.fromArray(store, [round], { name: "again" });
      await assert.rejects(DataFrame.fromArray(store, [-1], { name: "again" }), { code: "FRAME_EXISTS" });
      assert.equal(await (await other.frame("again")).get(0, 0), round);
      await eau2.drop("again");
      assert.equal(await other.store.resolve("again"), undefined);
    }
  });

  test("of several who bind a name at once, one has it", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []], shardCount: 1 });
    const stores = [cluster.eau2.store, (await cluster.connect(1)).store];
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => DataFrame.fromArray(stores[index % 2]!, [index], { name: "one" })),
    );
    const made = results.filter(({ status }) => status === "fulfilled");
    assert.equal(made.length, 1);
    for (const result of results) if (result.status === "rejected") assert.equal(result.reason.code, "FRAME_EXISTS");
    assert.equal((await cluster.eau2.frames()).length, 1);
    // The losers left no chunks behind: one chunk, one record, one name.
    assert.equal((await cluster.eau2.store.keys("")).length, 3);
  });

  test("names that no key could have are refused", async () => {
    await using eau2 = await open({ shards: 1, memoryBytes: 8 * 1024 ** 2, dataRoots: [] });
    for (const name of ["", "x".repeat(800), "\ud800"]) {
      await assert.rejects(DataFrame.fromArray(eau2.store, [1], { name }), { code: "USAGE" });
    }
    for (const name of ["a/b", "%2F", "ü ", "constructor", "."]) {
      await DataFrame.fromArray(eau2.store, [1], { name });
      assert.equal((await eau2.frame(name)).nrows, 1);
    }
    assert.equal((await eau2.frames()).length, 5);
  });

  test("embedded, localMap reads every chunk where it lies, also while somebody drops the frame", async () => {
    await using eau2 = await open({ shards: 2, memoryBytes: 64 * 1024 ** 2, dataRoots: [] });
    const values = Float64Array.from({ length: 1_000 }, (_, index) => index);
    const frame = await DataFrame.fromArray(eau2.store, values, { name: "n", chunkRows: 100 });
    const sums = await frame.localMap((chunk) => {
      const numbers = chunk.numbers("value");
      assert.ok(numbers.buffer instanceof SharedArrayBuffer);
      return numbers.reduce((sum, value) => sum + value, 0);
    });
    assert.equal(sums.length, 10);
    assert.equal(
      sums.reduce((sum, value) => sum + value, 0),
      499_500,
    );
    let visited = 0;
    let second: number | undefined;
    const visits = frame.mapChunks(async (chunk) => {
      if (visited++ === 0) {
        await eau2.drop("n");
        // Held while it is visited: what others put now goes elsewhere.
        await DataFrame.fromArray(eau2.store, new Float64Array(1_000).fill(-1), { chunkRows: 100 });
      }
      second ??= chunk.numbers("value")[1];
    });
    await assert.rejects(visits, { code: "KEY_DROPPED" });
    assert.equal(second, 1);
  });
});
