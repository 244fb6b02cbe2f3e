import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { BUILD, open, parseClusterUrl } from "../../src/index.js";
import { countsOf, wordOracle } from "../kit/digests.js";
import { testCluster } from "../kit/test-cluster.js";

testSuite("open", (test) => {
  test("embedded, in three lines, it counts words", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "text");
    const text = Buffer.from("to be or not to be");
    writeFileSync(path, text);
    await using eau2 = await open({ dataRoots: [folder.path], shards: 2, memoryBytes: 64 * 1024 ** 2 });
    const words = await eau2.loadText([path]);
    const counts = await eau2.countValues(words.key, "word");
    assert.deepEqual(await countsOf(counts.frame), wordOracle(text));
    const [node] = (await eau2.status()).nodes;
    assert.deepEqual([node!.name, node!.shards.length, node!.budget], ["embedded", 2, 64 * 1024 ** 2]);
  });

  test("what it cannot start with is USAGE, and nothing is left running", async () => {
    for (const shards of [0, -1, 1.5, 129, Number.NaN]) {
      await assert.rejects(open({ shards }), { code: "USAGE", message: /1 to 128 shards/ });
    }
    for (const memoryBytes of [0, -1, Number.NaN]) {
      await assert.rejects(open({ shards: 1, memoryBytes }), { code: "USAGE", message: /memory/ });
    }
    await assert.rejects(open({ clusterId: "no spaces" }), { code: "USAGE", message: /clusterId/ });
    await assert.rejects(async () => open({ dataRoots: ["/no/such/folder"] }), { code: "USAGE" });
  });

  test("an address of a cluster is ws://HOST:PORT", () => {
    assert.equal(parseClusterUrl("ws://127.0.0.1:3282"), "127.0.0.1:3282");
    assert.equal(parseClusterUrl("ws://[::1]:3282/"), "[::1]:3282");
    for (const bad of ["127.0.0.1:3282", "http://a:1", "ws://a", "ws://:1", "ws://a:1/path", "ws://u@a:1", ""]) {
      assert.throws(() => parseClusterUrl(bad), { code: "USAGE", message: /ws:\/\/HOST:PORT/ });
    }
  });

  test("the build that nodes tell each other is the package's version", () => {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    assert.equal(BUILD, manifest.version);
  });
});

testSuite("the store of a client", (test) => {
  test("values go to any home through any node, once", async () => {
    using folder = temporaryFolder();
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]], shardCount: 2 });
    const { eau2 } = cluster;
    const other = await cluster.connect(1);
    for (const size of [0, 1, 64 * 1024 + 1, 1_000_000]) {
      const bytes = new Uint8Array(size).fill(size % 251);
      for (const home of [0, 1, 2, 3]) {
        const key = await eau2.store.key(`v/${size}/${home}`, home);
        assert.equal(await eau2.store.has(key), false);
        assert.equal(await eau2.store.get(key), undefined);
        assert.equal(await eau2.store.put(key, bytes), true);
        assert.equal(await other.store.put(key, bytes), false);
        await assert.rejects(other.store.put(key, new Uint8Array(size + 1)), { code: "KEY_EXISTS" });
        for (const client of [eau2, other]) {
          assert.deepEqual(await client.store.get(key), bytes);
          assert.deepEqual(await client.store.waitAndGet(key), bytes);
        }
      }
    }
    assert.equal((await other.store.keys("v")).length, 16);
    assert.equal(await other.store.drop("v/0"), 4);
    await assert.rejects(eau2.store.get(await eau2.store.key("v/0/3", 3)), { code: "KEY_DROPPED" });
    await assert.rejects(eau2.store.get({ name: "v", home: 99 as never }), { code: "HOME_UNKNOWN" });
    await assert.rejects(eau2.store.key(""), { code: "KEY_INVALID" });
  });

  test("a wait is listed by status with its key and age, and ends by put, by cancel, and when its client has gone", async () => {
    using folder = temporaryFolder();
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]] });
    const { eau2 } = cluster;
    const client = await cluster.connect(1);
    const waitsOf = async () => (await eau2.status()).waits;
    const until = async (count: number) => {
      while ((await waitsOf()).length !== count) await new Promise((resolve) => setImmediate(resolve));
    };
    // Homed at the other node: its own node asks there in its name.
    const key = await eau2.store.key("later", 0);
    const waiting = client.store.waitAndGet(key);
    await until(1);
    const [record] = await waitsOf();
    assert.deepEqual([record!.key, record!.home], ["later", 0]);
    assert.equal(record!.waiter, "client client of n1");
    assert.ok(record!.sinceMs >= 0);
    const controller = new AbortController();
    const cancelled = eau2.store.waitAndGet(await eau2.store.key("never", 1), { signal: controller.signal });
    await until(2);
    controller.abort();
    await assert.rejects(cancelled, { code: "CANCELLED" });
    await assert.rejects(eau2.store.waitAndGet(await eau2.store.key("never", 1), { timeoutMs: 30 }), {
      code: "DEADLINE",
    });
    await until(1);
    await eau2.store.put(key, Buffer.from("here"));
    assert.equal(Buffer.from(await waiting).toString(), "here");
    void client.store.waitAndGet(await eau2.store.key("never", 1)).catch(() => {});
    await until(1);
    await client.close();
    await until(0);
  });
});
