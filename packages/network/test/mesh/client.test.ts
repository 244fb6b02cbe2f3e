import assert from "node:assert/strict";
import type { Eau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import type { RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import { keyOf, SimulatedCluster } from "../kit/simulated-cluster.js";

/** A node whose handlers wait until the test answers, and what they were told meanwhile. */
const waiting = async (seed: number) => {
  const cluster = new SimulatedCluster(seed);
  const signals: AbortSignal[] = [];
  const peers: Session[] = [];
  const handlers: RequestHandlers<Session> = {
    "kv.has": { handle: () => ({ control: { found: true } }) },
    "kv.wait": {
      handle: ({ signal, peer }) => {
        signals.push(signal);
        peers.push(peer);
        return new Promise(() => {});
      },
    },
  };
  await cluster.start(["a"], { handlers });
  return { cluster, simulation: cluster.simulation, signals, peers };
};

testSuite("clients", (test) => {
  test("ask any node, are in no directory, and learn the cluster's id", async () => {
    const { cluster, simulation, peers } = await waiting(1);
    await using _cluster = cluster;
    const client = await cluster.client("a:1");
    const { directory } = cluster.nodes.get("a")!;
    assert.equal(client.clusterId, directory.clusterId);
    assert.equal(directory.nodes.length, 1);
    await simulation.until(client.session.request("kv.has", keyOf("k")));
    client.session.request("kv.wait", keyOf("k")).catch(() => {});
    await simulation.advance(100);
    assert.equal(peers[0]!.isClient, true);
    // Nothing but links of the client's own making: it cannot be dialed.
    assert.equal(peers[0]!.options.dial, undefined);
  });

  test("whose links break come back, and their requests go on", async () => {
    const { cluster, simulation, signals } = await waiting(2);
    await using _cluster = cluster;
    const client = await cluster.client("a:1");
    const asked = client.session.request("kv.wait", keyOf("k"), { timeoutMs: 60_000 });
    asked.catch(() => {});
    for (let count = 0; count < 5; count++) {
      await simulation.advance(3_000);
      cluster.network.breakLinks("client", "a");
    }
    await simulation.advance(1_000);
    assert.equal(signals.length, 1, "the handler was started again");
    assert.equal(signals[0]!.aborted, false);
    assert.deepEqual(cluster.gone, []);
  });

  test("that say goodbye are gone at once, whichever of their two links is heard first", async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { cluster, simulation, signals } = await waiting(seed);
      await using _cluster = cluster;
      const client = await cluster.client("a:1");
      client.session.request("kv.wait", keyOf("k")).catch(() => {});
      await simulation.advance(100);
      client.close();
      await simulation.advance(100);
      assert.equal(signals[0]!.aborted, true, `seed ${seed}`);
      assert.equal(cluster.nodes.get("a")!.sessions.length, 0, `seed ${seed}`);
    }
  });

  test("that disappear have their requests given up after 5 s", async () => {
    const { cluster, simulation, signals } = await waiting(3);
    await using _cluster = cluster;
    const client = await cluster.client("a:1");
    client.session.request("kv.wait", keyOf("k"), { timeoutMs: null }).catch(() => {});
    await simulation.advance(500);
    cluster.network.kill("client");
    await simulation.advance(4_500);
    assert.equal(signals[0]!.aborted, false);
    await simulation.advance(2_000);
    assert.equal((signals[0]!.reason as Eau2Error).code, "PEER_GONE");
    assert.equal(cluster.nodes.get("a")!.sessions.length, 0);
  });

  test("that fall silent are given up after 15 s", async () => {
    const { cluster, simulation, signals } = await waiting(4);
    await using _cluster = cluster;
    const client = await cluster.client("a:1");
    const asked = client.session.request("kv.wait", keyOf("k"), { timeoutMs: null });
    asked.catch(() => {});
    await simulation.advance(500);
    cluster.network.cut("client", "a");
    await simulation.advance(14_000);
    assert.equal(signals[0]!.aborted, false);
    await simulation.advance(3_000);
    assert.equal(signals[0]!.aborted, true);
    // The client has come to the same conclusion.
    await assert.rejects(asked, { code: "PEER_GONE" });
  });

  test("that close tell their node at once", async () => {
    const { cluster, simulation, signals } = await waiting(5);
    await using _cluster = cluster;
    const client = await cluster.client("a:1");
    const asked = client.session.request("kv.wait", keyOf("k"), { timeoutMs: null });
    asked.catch(() => {});
    await simulation.advance(500);
    client.close();
    await assert.rejects(asked, { code: "PEER_GONE" });
    await simulation.advance(200);
    assert.equal(signals[0]!.aborted, true);
    await assert.rejects(client.session.request("kv.has", keyOf("k")), { code: "PEER_GONE" });
  });

  test("whose node was killed, or is another start of it, are told PEER_GONE", async () => {
    const { cluster, simulation } = await waiting(6);
    await using _cluster = cluster;
    const client = await cluster.client("a:1");
    cluster.kill("a");
    const again = await cluster.node("a", { incarnation: 2 });
    again.found();
    await assert.rejects(simulation.until(client.session.request("kv.has", keyOf("k"), { timeoutMs: null })), {
      code: "PEER_GONE",
    });
  });

  test("that insist on another cluster are refused", async () => {
    const { cluster } = await waiting(7);
    await using _cluster = cluster;
    await assert.rejects(cluster.client("a:1", "client", { clusterId: "prod-7" }), { code: "CLUSTER_MISMATCH" });
    await assert.rejects(cluster.client("nowhere:1"), { code: "PEER_GONE" });
  });

  test("hear events, and may be closed while their links are down", async () => {
    const { cluster, simulation, peers } = await waiting(8);
    await using _cluster = cluster;
    const client = await cluster.client("a:1");
    client.session.request("kv.wait", keyOf("k"), { timeoutMs: null }).catch(() => {});
    await simulation.advance(200);
    peers[0]!.event("job.progress", { id: "j", phase: "load", done: 1, total: 2 });
    await simulation.advance(200);
    assert.deepEqual(cluster.events, [{ id: "j", phase: "load", done: 1, total: 2 }]);
    cluster.network.breakLinks("client", "a");
    client.close();
  });
});
