import assert from "node:assert/strict";
import { GONE_AFTER_MS } from "@eau2/network";
import { isEau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { Key } from "../../src/store/key.js";
import { bytesOf, type SimulatedCluster, simulatedCluster } from "./store-cluster.js";

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "a value",
    (error: unknown) => (isEau2Error(error) ? error.code : String(error)),
  );

const nothingHeld = ({ nodes }: SimulatedCluster): void => {
  for (const { name, pool, store } of nodes) {
    const state = [pool.usedBytes, pool.retiredBytes, store.cache.bytes, store.waits.count];
    assert.deepEqual(state, [0, 0, 0, 0], `node ${name}`);
  }
};

testSuite("store when nodes die and links break", (test) => {
  for (const home of ["a", "c"]) {
    test(`node ${home} dies: PEER_GONE for those who wait for its keys, and for whoever asks later`, async () => {
      await using cluster = await simulatedCluster(21);
      const { homes } = cluster.node(home);
      const key = new Key("later", homes[1]!);
      const others = cluster.nodes.filter(({ name }) => name !== home);
      const waiting = others.map(({ store }) => codeOf(store.waitAndGet(key)));
      await cluster.until(() => cluster.node(home).store.waits.count === 2);
      await cluster.kill(home);
      assert.deepEqual(await cluster.run(Promise.all(waiting)), ["PEER_GONE", "PEER_GONE"]);
      for (const { store } of others) {
        assert.equal(await cluster.run(codeOf(store.get(key))), "PEER_GONE");
        assert.equal(await cluster.run(codeOf(store.put(key, bytesOf(9, 1)))), "PEER_GONE");
        assert.equal(await cluster.run(codeOf(store.waitAndGet(key))), "PEER_GONE");
        assert.equal(await cluster.run(codeOf(store.get(new Key("k", 77)))), "HOME_UNKNOWN");
      }
      // The living go on without it.
      const [one, two] = others;
      const own = new Key("own", one!.homes[0]!);
      await cluster.run(two!.store.put(own, bytesOf(9, 1)));
      assert.deepEqual(await cluster.run(two!.store.keys("")), [own.toRecord()]);
      assert.equal(await cluster.run(two!.store.drop("own")), 1);
      nothingHeld(cluster);
    });
  }

  test("a home that falls silent is gone after a while, and those who wait are told", async () => {
    await using cluster = await simulatedCluster(22);
    const key = new Key("later", cluster.node("c").homes[0]!);
    const waiting = codeOf(cluster.node("b").store.waitAndGet(key));
    await cluster.until(() => cluster.node("c").store.waits.count === 1);
    const cutAtMs = cluster.simulation.nowMs;
    cluster.network.cut("b", "c");
    cluster.network.cut("a", "c");
    assert.equal(await cluster.run(waiting), "PEER_GONE");
    assert.ok(cluster.simulation.nowMs - cutAtMs >= GONE_AFTER_MS);
  });

  test("who waits and dies is taken from the list", async () => {
    await using cluster = await simulatedCluster(23);
    const { store, homes } = cluster.node("a");
    void cluster
      .node("c")
      .store.waitAndGet(new Key("later", homes[0]!))
      .catch(() => {});
    await cluster.until(() => store.waits.count === 1);
    assert.match(store.waitRecords(1)[0]!.waiter, /\bc\b/);
    await cluster.kill("c");
    await cluster.until(() => store.waits.count === 0);
  });

  test("a node that comes back has new homes; what the old ones had is PEER_GONE for ever", async () => {
    await using cluster = await simulatedCluster(24);
    const { store } = cluster.node("b");
    const lost = new Key("kept/there", cluster.node("c").homes[0]!);
    await cluster.run(store.put(lost, bytesOf(100_000, 1)));
    await cluster.kill("c");
    await cluster.simulation.advance(30_000);
    const { homes } = await cluster.restart("c", 2, "a");
    assert.ok(homes.every((home) => home > lost.home + 1));
    assert.equal(await cluster.run(codeOf(store.get(lost))), "PEER_GONE");
    const again = new Key("kept/there", homes[0]!);
    assert.equal(await cluster.run(store.put(again, bytesOf(100_000, 1))), true);
    assert.equal((await cluster.run(store.get(again)))!.length, 100_000);
  });

  test("a get has 30 s unless told otherwise; each caller has its own time", async () => {
    await using cluster = await simulatedCluster(25);
    const key = new Key("k", cluster.node("c").homes[0]!);
    const { store } = cluster.node("b");
    await cluster.run(store.put(key, bytesOf(9, 1)));
    await cluster.run(store.drop("other"));
    cluster.network.cut("b", "c");
    const startMs = cluster.simulation.nowMs;
    const patient = store.get(key, { timeoutMs: null });
    assert.equal(await cluster.run(codeOf(store.get(key, { timeoutMs: 700 }))), "DEADLINE");
    const tookMs = cluster.simulation.nowMs - startMs;
    assert.ok(tookMs >= 700 && tookMs < 800, `${tookMs} ms`);
    cluster.network.heal();
    cluster.network.breakLinks("b", "c");
    assert.deepEqual(await cluster.run(patient), bytesOf(9, 1));
  });

  test("a large value whose link breaks again and again arrives whole, once, and leaves nothing behind", async () => {
    await using cluster = await simulatedCluster(26);
    const { network } = cluster;
    const key = new Key("large", cluster.node("c").homes[0]!);
    const { store } = cluster.node("b");
    const put = store.put(key, bytesOf(5_000_000, 1), { timeoutMs: null });
    const broken = async (times: number) => {
      for (let time = 0; time < times; time++) {
        await cluster.simulation.advance(30);
        network.breakLinks("b", "c");
      }
    };
    await broken(5);
    await cluster.run(put);
    const got = store.get(key, { timeoutMs: null });
    await broken(5);
    assert.ok(Buffer.from((await cluster.run(got))!).equals(bytesOf(5_000_000, 1)));
    assert.equal(await cluster.run(store.drop("large")), 1);
    await cluster.simulation.advance(1_000);
    nothingHeld(cluster);
  });

  test("a value that is cancelled half way leaves nothing behind on either side", async () => {
    await using cluster = await simulatedCluster(27);
    const key = new Key("large", cluster.node("c").homes[0]!);
    const { store } = cluster.node("b");
    for (const delayMs of [0, 5, 15, 25, 60]) {
      const controller = new AbortController();
      const put = codeOf(store.put(key, bytesOf(5_000_000, 1), { signal: controller.signal }));
      await cluster.simulation.advance(delayMs);
      controller.abort();
      assert.equal(await cluster.run(put), "CANCELLED");
    }
    await cluster.simulation.advance(1_000);
    nothingHeld(cluster);
    await cluster.run(store.put(key, bytesOf(5_000_000, 1)));
    for (const delayMs of [0, 5, 15, 25, 60]) {
      const controller = new AbortController();
      const got = codeOf(store.get(key, { signal: controller.signal }));
      await cluster.simulation.advance(delayMs);
      controller.abort();
      assert.equal(await cluster.run(got), "CANCELLED");
    }
    await cluster.run(store.drop("large"));
    await cluster.simulation.advance(1_000);
    nothingHeld(cluster);
  });

  test("a node that lets its copy go and fetches it again before the home has dropped it keeps none", async () => {
    await using cluster = await simulatedCluster(28);
    const { homes } = cluster.node("a");
    const key = new Key("p/k", homes[0]!);
    const { store, asked } = cluster.node("b");
    await cluster.run(store.put(key, bytesOf(100_000, 1)));
    await cluster.run(store.get(key));
    await cluster.run(cluster.node("c").store.keys("p"));
    // What c has to say to the home a has to wait for new links; b hears of it at once.
    cluster.network.breakLinks("c", "a");
    const dropped = cluster.node("c").store.drop("p");
    await cluster.until(() => asked["kv.drop"] === 1);
    assert.equal(cluster.node("a").asked["kv.drop"], 0);
    const before = await cluster.run(codeOf(store.get(key)));
    assert.equal(before, "a value");
    assert.equal(cluster.node("a").asked["kv.drop"], 0, "the home has not heard of the drop yet");
    assert.equal(await cluster.run(dropped), 1);
    assert.equal(await cluster.run(codeOf(store.get(key))), "KEY_DROPPED");
    nothingHeld(cluster);
  });
});
