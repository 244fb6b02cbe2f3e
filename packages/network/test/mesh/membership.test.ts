import assert from "node:assert/strict";
import { isEau2Error, NodeId } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import type { RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import { keyOf, SimulatedCluster } from "../kit/simulated-cluster.js";

const answers: RequestHandlers<Session> = {
  "kv.has": { handle: () => ({ control: { found: true } }) },
  "kv.wait": { handle: () => new Promise(() => {}) },
};
const three = async (seed: number): Promise<SimulatedCluster> => {
  const cluster = new SimulatedCluster(seed);
  await cluster.start(["a", "b", "c"], { handlers: answers });
  return cluster;
};
const has = (cluster: SimulatedCluster, from: string, to: string) =>
  cluster.simulation.until(cluster.session(from, to).request("kv.has", keyOf("k")));

testSuite("membership", (test) => {
  test("silence is suspected after 5 s and believed after 15 s; whoever comes back is up again", async () => {
    const cluster = await three(1);
    await using _cluster = cluster;
    const { simulation, network } = cluster;
    const seen: string[] = [];
    const watch = (seconds: number) => seen.push(`${seconds} s: ${cluster.state("b", "a")} ${cluster.state("b", "c")}`);
    network.cut("a", "b");
    network.cut("c", "b");
    for (let seconds = 1; seconds <= 20; seconds++) {
      await simulation.advance(1_000);
      if ([4, 7, 14, 17].includes(seconds)) watch(seconds);
    }
    assert.deepEqual(seen, ["4 s: up up", "7 s: suspect suspect", "14 s: suspect suspect", "17 s: gone gone"]);
    assert.throws(() => cluster.session("c", "b"), { code: "NODE_GONE" });
    network.heal();
    await simulation.advance(10_000);
    assert.deepEqual([cluster.state("b", "a"), cluster.state("b", "c")], ["up", "up"]);
    assert.deepEqual([cluster.state("a", "b"), cluster.state("c", "b")], ["up", "up"]);
    await has(cluster, "c", "b");
    // The same start of the same node: its shards are still its own.
    assert.equal(cluster.nodes.get("a")!.directory.nodes.find(({ id }) => id === "b")!.incarnation, 1);
  });

  test("a short silence is forgotten", async () => {
    const cluster = await three(2);
    await using _cluster = cluster;
    cluster.network.cut("a", "b");
    await cluster.simulation.advance(9_000);
    assert.equal(cluster.state("b", "a"), "suspect");
    cluster.network.heal();
    await cluster.simulation.advance(3_000);
    assert.equal(cluster.state("b", "a"), "up");
    assert.equal(cluster.state("b", "c"), "up");
    assert.deepEqual(cluster.gone, []);
  });

  test("links that break are made again without a word of suspicion", async () => {
    const cluster = await three(3);
    await using _cluster = cluster;
    const { epoch } = cluster.nodes.get("a")!.directory;
    for (let count = 0; count < 20; count++) {
      cluster.network.breakLinks("a", "b");
      await cluster.simulation.advance(2_000);
      assert.equal(cluster.state("b", "a"), "up");
    }
    assert.deepEqual(cluster.gone, []);
    assert.equal(cluster.nodes.get("a")!.directory.epoch, epoch);
  });

  test("a killed node is gone within 2 s, for everybody, with its waiters", async () => {
    const cluster = await three(4);
    await using _cluster = cluster;
    const { simulation } = cluster;
    await has(cluster, "b", "c");
    const waiting = cluster.session("b", "c").request("kv.wait", keyOf("k"), { timeoutMs: null });
    waiting.catch(() => {});
    await simulation.advance(500);
    cluster.kill("c");
    await simulation.advance(2_000);
    await assert.rejects(waiting, { code: "PEER_GONE" });
    assert.deepEqual([cluster.state("c", "a"), cluster.state("c", "b")], ["gone", "gone"]);
    // Asking for it now fails at once.
    const refused = (() => {
      try {
        cluster.session("b", "c");
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    assert.ok(isEau2Error(refused, "NODE_GONE"));
  });

  test("a node that leaves is gone at once, for everybody", async () => {
    const cluster = await three(5);
    await using _cluster = cluster;
    await has(cluster, "b", "c");
    void cluster.nodes.get("c")!.close("it was stopped");
    cluster.nodes.delete("c");
    await cluster.simulation.advance(200);
    assert.deepEqual([cluster.state("c", "a"), cluster.state("c", "b")], ["gone", "gone"]);
  });

  test("a restarted node is another: new shards, and nobody mixes it up with the earlier one", async () => {
    const cluster = await three(6);
    await using _cluster = cluster;
    const { simulation } = cluster;
    await has(cluster, "b", "c");
    const old = cluster.session("b", "c");
    const waiting = old.request("kv.wait", keyOf("k"), { timeoutMs: null });
    waiting.catch(() => {});
    await simulation.advance(100);
    cluster.kill("c");
    const again = await cluster.node("c", { handlers: answers, incarnation: 2 });
    await simulation.advance(100);
    await simulation.until(again.join("a:1"));
    await simulation.advance(1_000);
    await assert.rejects(waiting, { code: "PEER_GONE" });
    assert.equal(old.state, "gone");
    const listed = cluster.nodes.get("b")!.directory.nodes.find(({ id }) => id === "c")!;
    assert.deepEqual([listed.incarnation, listed.state, listed.shards], [2, "up", [3]]);
    assert.equal(cluster.nodes.get("b")!.owner(2).kind, "gone");
    await has(cluster, "b", "c");
    await has(cluster, "c", "b");
  });

  test("a dead master does not keep the others from talking; they see that it has gone, and when it is back", async () => {
    const cluster = await three(7);
    await using _cluster = cluster;
    const { simulation } = cluster;
    cluster.network.cut("a", "b");
    cluster.network.cut("a", "c");
    await simulation.advance(20_000);
    assert.deepEqual([cluster.state("a", "b"), cluster.state("a", "c")], ["gone", "gone"]);
    assert.deepEqual([cluster.state("c", "b"), cluster.state("b", "c")], ["up", "up"]);
    // Minutes later still, also while somebody keeps asking for it.
    for (let count = 0; count < 20; count++) {
      await has(cluster, "b", "c");
      try {
        await simulation.until(cluster.session("b", "a").request("kv.has", keyOf("k"), { timeoutMs: 1_000 }));
        assert.fail("the master answered");
      } catch (error) {
        assert.ok(isEau2Error(error) && ["PEER_GONE", "DEADLINE"].includes(error.code), String(error));
      }
      await simulation.advance(3_000);
      assert.equal(cluster.state("a", "b"), "gone");
      assert.equal(cluster.state("c", "b"), "up");
    }
    cluster.network.heal();
    await simulation.advance(5_000);
    assert.deepEqual([cluster.state("a", "b"), cluster.state("a", "c")], ["up", "up"]);
    assert.deepEqual([cluster.state("b", "a"), cluster.state("c", "a")], ["up", "up"]);
    await has(cluster, "b", "a");
  });

  test("a killed master is gone for the others, who go on", async () => {
    const cluster = await three(8);
    await using _cluster = cluster;
    cluster.kill("a");
    await cluster.simulation.advance(3_000);
    assert.deepEqual([cluster.state("a", "b"), cluster.state("a", "c")], ["gone", "gone"]);
    for (let count = 0; count < 3; count++) {
      await has(cluster, "b", "c");
      await has(cluster, "c", "b");
      await cluster.simulation.advance(30_000);
    }
    assert.equal(cluster.state("a", "b"), "gone");
  });

  test("two nodes that are cut off from each other only are up for the rest, and meet again", async () => {
    const cluster = await three(9);
    await using _cluster = cluster;
    const { simulation, network } = cluster;
    await has(cluster, "b", "c");
    network.cut("b", "c");
    await simulation.advance(17_000);
    assert.deepEqual([cluster.state("c", "b"), cluster.state("c", "a")], ["gone", "up"]);
    network.heal();
    // The master has not seen it go, so its own opinion gives way after a while.
    await simulation.advance(20_000);
    assert.equal(cluster.state("c", "b"), "up");
    await has(cluster, "b", "c");
  });

  test("a node that was held up itself suspects nobody", async () => {
    const cluster = await three(10);
    await using _cluster = cluster;
    const { simulation } = cluster;
    await has(cluster, "b", "c");
    // Time jumps for everybody at once, as after a suspend: no timer has run in between.
    await simulation.skip(3600_000);
    await simulation.advance(4_000);
    for (const from of ["a", "b", "c"])
      for (const of of ["a", "b", "c"]) assert.equal(cluster.state(of, from), "up", `${of} seen from ${from}`);
    assert.deepEqual(cluster.gone, []);
  });

  test("a node that was held up notices afterwards as quickly as ever who is really silent", async () => {
    // Whatever was on its way when time stopped: an answer heard late must not count as heard in the future.
    for (let offsetMs = 0; offsetMs < 1_000; offsetMs += 40) {
      const cluster = new SimulatedCluster(14, { delayMinMs: 20, delayMaxMs: 60 });
      await using _cluster = cluster;
      await cluster.start(["a", "b"]);
      await cluster.simulation.advance(2_000 + offsetMs);
      await cluster.simulation.skip(3600_000);
      cluster.network.cut("a", "b");
      await cluster.simulation.advance(17_100);
      assert.equal(cluster.state("b", "a"), "gone", `${offsetMs} ms`);
    }
  });

  test("two that dial each other at once end with one pair of links and all their answers", async () => {
    for (let seed = 100; seed < 140; seed++) {
      const cluster = new SimulatedCluster(seed, { delayMinMs: 1, delayMaxMs: 1 + (seed % 40) });
      await using _cluster = cluster;
      await cluster.start(["a", "b", "c"], { handlers: answers });
      const { simulation } = cluster;
      const ask = (from: string, to: string) =>
        Array.from({ length: 5 }, () => cluster.session(from, to).request("kv.has", keyOf("k"), { timeoutMs: 10_000 }));
      const both = [...ask("b", "c")];
      await simulation.advance(seed % 25);
      both.push(...ask("c", "b"));
      await simulation.until(Promise.all(both));
      await simulation.advance(1_000);
      // The links of the loser are closed; both ends of what is left are the same.
      assert.equal(cluster.network.linksBetween("b", "c"), 2, `seed ${seed}`);
      for (const [from, to] of [
        ["b", "c"],
        ["c", "b"],
      ] as const) {
        assert.equal(cluster.session(from, to).state, "up", `seed ${seed}`);
        await has(cluster, from, to);
      }
    }
  });

  test("a directory of another cluster, or an older one, changes nothing", async () => {
    const cluster = await three(11);
    await using _cluster = cluster;
    const { simulation } = cluster;
    const b = cluster.nodes.get("b")!;
    const before = b.directory;
    const fromC = cluster.session("c", "b");
    await has(cluster, "c", "b");
    fromC.event("cluster.directory", { directory: { ...before, epoch: before.epoch - 1, nodes: [] } });
    fromC.event("cluster.directory", {
      directory: { ...before, epoch: before.epoch + 5, clusterId: "another" as never, nodes: [] },
    });
    await simulation.advance(500);
    assert.deepEqual(b.directory, before);
  });

  test("a node that the cluster has forgotten is told so when asked, and does not fall over", async () => {
    const cluster = await three(12);
    await using _cluster = cluster;
    const { simulation } = cluster;
    const b = cluster.nodes.get("b")!;
    const nodes = b.directory.nodes.filter(({ id }) => id !== "b");
    await has(cluster, "c", "b");
    cluster.session("c", "b").event("cluster.directory", {
      directory: { ...b.directory, epoch: b.directory.epoch + 1, nodes },
    });
    await simulation.advance(30_000);
    assert.equal(b.isMaster, false);
    assert.throws(() => b.self, { code: "NODE_GONE" });
  });

  test("a session that is idle keeps nobody busy: no links, no dials, no suspicion", async () => {
    const cluster = await three(13);
    await using _cluster = cluster;
    const session = cluster.nodes.get("b")!.session(NodeId.parse("c"));
    await cluster.simulation.advance(60_000);
    assert.equal(session.state, "idle");
    assert.equal(cluster.network.linksBetween("b", "c"), 0);
  });
});
