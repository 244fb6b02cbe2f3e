import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { bodyOf } from "../../src/session/outgoing-requests.js";
import type { RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import { patterned } from "../kit/patterned.js";
import { gate, keyOf, SimulatedCluster } from "../kit/simulated-cluster.js";
import { Loans } from "../kit/tracked-body.js";

const BYTES = 700_000;
const found = { found: true, checksum: 0 };

/** Two nodes that lend each other bodies, in a quiet network whose links a test breaks at chosen moments. */
const lending = async (seed: number, more: RequestHandlers<Session> = {}) => {
  const cluster = new SimulatedCluster(seed);
  const loans = new Loans();
  const runs = new Map<string, number>();
  const kept = new Set<string>();
  const handlers: RequestHandlers<Session> = {
    "kv.get": {
      handle: ({ control: { key } }) => {
        runs.set(key.name, (runs.get(key.name) ?? 0) + 1);
        return { control: found, body: loans.body(patterned(BYTES, 9), `answer ${key.name}`) };
      },
    },
    "kv.put": {
      prepare: ({ key }, bytes) => ({ view: new Uint8Array(bytes), abandon: loans.lend(`buffer ${key.name}`) }),
      handle: ({ control: { key }, body }) => {
        runs.set(key.name, (runs.get(key.name) ?? 0) + 1);
        assert.equal(Buffer.compare(body, patterned(BYTES, 8)), 0);
        kept.add(`buffer ${key.name}`);
        return { control: { stored: true } };
      },
    },
    ...more,
  };
  await cluster.start(["a", "b"], { handlers });
  const { simulation } = cluster;
  return { cluster, simulation, session: cluster.session("b", "a"), loans, runs, kept };
};

testSuite("links that break", (test) => {
  test("at every moment of a stream in either direction: the request is made again and ends once, rightly", async () => {
    let repeated = 0;
    for (let moment = 0; moment < 120; moment += 3) {
      const { cluster, simulation, session, loans, runs, kept } = await lending(moment);
      await using _cluster = cluster;
      const ours = new Loans();
      const body = ours.body(patterned(BYTES, 8), "question");
      const put = session.request("kv.put", { ...keyOf("put"), checksum: body.checksum }, { body });
      const get = session.request("kv.get", keyOf("get"));
      simulation.clock.after(moment, () => cluster.network.breakLinks("a", "b"));
      const [stored, got] = await simulation.until(Promise.all([put, get]));
      assert.equal(stored.control.stored, true);
      assert.equal(Buffer.compare(got.body, patterned(BYTES, 9)), 0);
      repeated += runs.get("get")! - 1;
      await simulation.advance(2_000);
      assert.deepEqual([ours.open, ours.faults, loans.faults], [[], [], []], `broken after ${moment} ms`);
      assert.deepEqual(
        loans.open.filter((what) => !kept.has(what)),
        [],
        `broken after ${moment} ms`,
      );
    }
    assert.ok(repeated > 3, "the breaks came too late to matter");
  });

  test("again and again: the requests still end, each once", async () => {
    const { cluster, simulation, session } = await lending(3);
    await using _cluster = cluster;
    let breaks = 0;
    const breakAgain = () => {
      cluster.network.breakLinks("a", "b");
      if (++breaks < 30) simulation.clock.after(150, breakAgain);
    };
    simulation.clock.after(20, breakAgain);
    const asked = Array.from({ length: 20 }, () => session.request("kv.get", keyOf("k"), { timeoutMs: null }));
    for (const { body } of await simulation.until(Promise.all(asked))) assert.equal(body.length, BYTES);
    assert.equal(session.outgoing.count, 0);
  });

  test("do not start a handler a second time while it runs; its answer goes out on the new links", async () => {
    const answers = gate();
    let started = 0;
    const { cluster, simulation, session } = await lending(4, {
      "kv.wait": {
        handle: async () => {
          started++;
          await answers.promise;
          return { control: found };
        },
      },
    });
    await using _cluster = cluster;
    const asked = session.request("kv.wait", keyOf("k"), { timeoutMs: null });
    for (let count = 0; count < 5; count++) {
      await simulation.advance(500);
      cluster.network.breakLinks("a", "b");
    }
    await simulation.advance(500);
    assert.equal(started, 1);
    answers.open();
    await simulation.until(asked);
    assert.equal(started, 1);
  });

  test("while an answer is ready lose it, and the handler is asked again", async () => {
    const answers = gate();
    let started = 0;
    const loans = new Loans();
    const { cluster, simulation, session } = await lending(5, {
      "kv.wait": {
        handle: async () => {
          started++;
          await answers.promise;
          return { control: found, body: loans.body(patterned(1000, 1), "answer") };
        },
      },
    });
    await using _cluster = cluster;
    const asked = session.request("kv.wait", keyOf("k"), { timeoutMs: null });
    await simulation.advance(500);
    cluster.network.breakLinks("a", "b");
    answers.open();
    assert.equal((await simulation.until(asked)).body.length, 1000);
    assert.equal(started, 2);
    await simulation.advance(100);
    assert.deepEqual([loans.open, loans.faults], [[], []]);
  });

  test("on one side first are taken into use again with a stream that the other side had begun", async () => {
    // The side that did not dial has a stream waiting: its first frames come right behind the welcome.
    for (let seed = 0; seed < 30; seed++) {
      const { cluster, simulation } = await lending(seed);
      await using _cluster = cluster;
      const ofA = cluster.session("a", "b");
      const body = bodyOf(patterned(BYTES, 8));
      const options = { body, timeoutMs: 10_000 };
      const put = ofA.request("kv.put", { ...keyOf("put"), checksum: body.checksum }, options);
      simulation.clock.after(seed * 2, () => cluster.network.breakLinks("a", "b"));
      assert.equal((await simulation.until(put)).control.stored, true, `seed ${seed}`);
    }
  });
});

testSuite("peers that cannot be reached", (test) => {
  test("let a request end at its deadline, or in PEER_GONE when they are judged gone, never later", async () => {
    for (const timeoutMs of [1_000, 60_000, null]) {
      const cluster = new SimulatedCluster(7);
      await using _cluster = cluster;
      await cluster.start(["a", "b", "c"]);
      // b and c have never talked; now they cannot.
      cluster.network.cut("b", "c");
      const startMs = cluster.simulation.nowMs;
      const asked = cluster.session("b", "c").request("kv.get", keyOf("k"), { timeoutMs });
      const code = timeoutMs === 1_000 ? "DEADLINE" : "PEER_GONE";
      await assert.rejects(cluster.simulation.until(asked), { code });
      const tookMs = cluster.simulation.nowMs - startMs;
      if (code === "DEADLINE") assert.ok(tookMs >= 1_000 && tookMs < 1_020, `${tookMs} ms`);
      else assert.ok(tookMs >= 15_000 && tookMs <= 16_100, `${tookMs} ms`);
    }
  });

  test("but were not talked to for long are given their time anew", async () => {
    const cluster = new SimulatedCluster(8);
    await using _cluster = cluster;
    await cluster.start(["a", "b", "c"], { handlers: { "kv.has": { handle: () => ({ control: { found: true } }) } } });
    const session = cluster.session("b", "c");
    await cluster.simulation.until(session.request("kv.has", keyOf("k")));
    cluster.network.breakLinks("b", "c");
    // Nobody asks: the links stay down, and nobody is suspected for that.
    await cluster.simulation.advance(120_000);
    assert.equal(cluster.state("c", "b"), "up");
    // The first dial takes so long that a heartbeat passes.
    cluster.network.setFaults({ delayMinMs: 300, delayMaxMs: 300 });
    const asked = session.request("kv.has", keyOf("k"));
    assert.equal((await cluster.simulation.until(asked)).control.found, true);
    assert.deepEqual(cluster.gone, []);
  });

  test("that were killed are known to be gone within seconds", async () => {
    const cluster = new SimulatedCluster(9);
    await using _cluster = cluster;
    await cluster.start(["a", "b"], { handlers: { "kv.wait": { handle: () => new Promise(() => {}) } } });
    const asked = cluster.session("a", "b").request("kv.wait", keyOf("k"), { timeoutMs: null });
    asked.catch(() => {});
    await cluster.simulation.advance(500);
    const startMs = cluster.simulation.nowMs;
    cluster.kill("b");
    await assert.rejects(cluster.simulation.until(asked), { code: "PEER_GONE" });
    assert.ok(cluster.simulation.nowMs - startMs < 2_000);
    assert.equal(cluster.state("b", "a"), "gone");
  });
});
