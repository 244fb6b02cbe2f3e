import assert from "node:assert/strict";
import { Eau2Error, isEau2Error, NO_TIME_LIMIT } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { bodyOf } from "../../src/session/outgoing-requests.js";
import { REQUESTS_PENDING_MAX, type RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import { patterned } from "../kit/patterned.js";
import { gate, keyOf, SimulatedCluster } from "../kit/simulated-cluster.js";
import { Loans } from "../kit/tracked-body.js";

const found = { found: true, checksum: 0 };

/** Nodes a and b, b with these handlers, and a's session with b. */
const pairOfNodes = async (handlers: RequestHandlers<Session>, seed = 1) => {
  const cluster = new SimulatedCluster(seed);
  await cluster.start(["a"]);
  const b = await cluster.node("b", { handlers });
  await cluster.simulation.until(b.join("a:1"));
  return { cluster, simulation: cluster.simulation, session: cluster.session("a", "b") };
};

testSuite("requests", (test) => {
  test("many are under way at once and answered in any order, each with its own answer", async () => {
    const started: string[] = [];
    let simulation: SimulatedCluster["simulation"] | undefined;
    const nodes = await pairOfNodes({
      "kv.get": {
        handle: ({ control }) => {
          const { name } = control.key;
          started.push(name);
          // Later ones are answered first, further apart than the network can shuffle.
          const delayMs = 18_000 - 60 * Number(name);
          return new Promise((resolve) => {
            simulation!.clock.after(delayMs, () => resolve({ control: found, body: bodyOf(Buffer.from(name)) }));
          });
        },
      },
    });
    simulation = nodes.simulation;
    await using _cluster = nodes.cluster;
    const finished: string[] = [];
    const asked = Array.from({ length: 300 }, async (_, index) => {
      const { body } = await nodes.session.request("kv.get", keyOf(String(index)));
      finished.push(Buffer.from(body).toString());
      assert.equal(Buffer.from(body).toString(), String(index));
    });
    await simulation.until(Promise.all(asked));
    assert.equal(started.length, 300);
    assert.deepEqual(
      finished,
      started.toReversed(),
      "answers came in the order in which they were made, not in that of the questions",
    );
  });

  test("without an answer end in DEADLINE when their time is up, and the far side is told to stop", async () => {
    const seen: { timeLeftMs: number | undefined; signal: AbortSignal }[] = [];
    const { cluster, simulation, session } = await pairOfNodes({
      "kv.wait": {
        handle: ({ timeLeftMs, signal }) => {
          seen.push({ timeLeftMs, signal });
          return new Promise(() => {});
        },
      },
    });
    await using _cluster = cluster;
    const startMs = simulation.nowMs;
    const asked = session.request("kv.wait", keyOf("k"), { timeoutMs: 1234 });
    await assert.rejects(simulation.until(asked), { code: "DEADLINE", details: { timeoutMs: 1234 } });
    const tookMs = simulation.nowMs - startMs;
    assert.ok(tookMs >= 1234 && tookMs < 1234 + 20, `${tookMs} ms`);
    assert.ok(seen[0]!.timeLeftMs! <= 1234 && seen[0]!.timeLeftMs! > 1100);
    await simulation.advance(100);
    const { signal } = seen[0]!;
    assert.ok(signal.aborted && isEau2Error(signal.reason));
    assert.ok(["DEADLINE", "CANCELLED"].includes(signal.reason.code));
  });

  test("the far side stops by itself when the time is up, also when nobody can tell it", async () => {
    const signals: AbortSignal[] = [];
    const { cluster, simulation, session } = await pairOfNodes({
      "kv.wait": {
        handle: ({ signal }) => {
          signals.push(signal);
          return new Promise(() => {});
        },
      },
    });
    await using _cluster = cluster;
    const asked = session.request("kv.wait", keyOf("k"), { timeoutMs: 2000 });
    asked.catch(() => {});
    await simulation.advance(200);
    cluster.network.cut("a", "b");
    await simulation.advance(2000);
    assert.equal(signals[0]!.aborted, true);
    assert.equal((signals[0]!.reason as Eau2Error).code, "DEADLINE");
    await assert.rejects(asked, { code: "DEADLINE" });
  });

  test("have no limit with null, and with one that a header cannot hold", async () => {
    const seen: (number | undefined)[] = [];
    const { cluster, simulation, session } = await pairOfNodes({
      "kv.has": {
        handle: ({ timeLeftMs }) => {
          seen.push(timeLeftMs);
          return { control: { found: true } };
        },
      },
    });
    await using _cluster = cluster;
    for (const timeoutMs of [null, Number.POSITIVE_INFINITY, NO_TIME_LIMIT, 2 ** 40])
      await simulation.until(session.request("kv.has", keyOf("k"), { timeoutMs }));
    assert.deepEqual(seen, [undefined, undefined, undefined, undefined]);
  });

  test("that are cancelled reject at once, and their handler hears of it", async () => {
    const signals: AbortSignal[] = [];
    const { cluster, simulation, session } = await pairOfNodes({
      "kv.wait": {
        handle: ({ signal }) => {
          signals.push(signal);
          return new Promise(() => {});
        },
      },
    });
    await using _cluster = cluster;
    const controller = new AbortController();
    const asked = session.request("kv.wait", keyOf("k"), { signal: controller.signal });
    await simulation.advance(500);
    assert.equal(signals[0]!.aborted, false);
    controller.abort();
    await assert.rejects(asked, { code: "CANCELLED" });
    await simulation.advance(100);
    assert.equal((signals[0]!.reason as Eau2Error).code, "CANCELLED");
    // Cancelled before it began, nothing is asked at all.
    const late = session.request("kv.wait", keyOf("k"), { signal: AbortSignal.abort() });
    await assert.rejects(late, { code: "CANCELLED" });
    await simulation.advance(100);
    assert.equal(signals.length, 1);
    assert.equal(session.outgoing.count, 0);
  });

  test("fail with the far side's code, message and details, and a stack of both sides", async () => {
    const { cluster, simulation, session } = await pairOfNodes({
      "kv.keys": { handle: () => ({ control: { keys: [], more: false } }) },
      "kv.put": {
        handle: async function farAwayHandler() {
          throw new Eau2Error("KEY_EXISTS", 'put "k": it has another value', {
            key: "k",
            bytes: 12,
            limit: Number.POSITIVE_INFINITY,
          });
        },
      },
      "kv.get": {
        handle: () => {
          throw new TypeError("x is not a function");
        },
      },
    });
    await using _cluster = cluster;
    const put = session.request("kv.put", { ...keyOf("k"), checksum: 1 });
    await assert.rejects(simulation.until(put), (error: Error) => {
      assert.ok(isEau2Error(error, "KEY_EXISTS"));
      assert.equal(error.message, 'put "k": it has another value');
      assert.deepEqual(error.details, { key: "k", bytes: 12, limit: "Infinity" });
      assert.match(error.stack ?? "", /farAwayHandler[\s\S]*answered by node b[\s\S]*requests/);
      return true;
    });
    await assert.rejects(simulation.until(session.request("kv.get", keyOf("k"))), {
      code: "INTERNAL",
      message: "x is not a function",
    });
    await assert.rejects(simulation.until(session.request("kv.has", keyOf("k"))), { code: "DENIED" });
    const wrong = session.request("kv.keys", { prefix: 7 } as never);
    await assert.rejects(simulation.until(wrong), { code: "DATA_INVALID", message: /at prefix/ });
  });

  test("an error too large to travel is cut, not lost", async () => {
    const details = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`d${index}`, "水".repeat(3000)]));
    const { cluster, simulation, session } = await pairOfNodes({
      "kv.get": {
        handle: () => {
          throw new Eau2Error("CHUNK_LOST", "水".repeat(10_000), details);
        },
      },
    });
    await using _cluster = cluster;
    await assert.rejects(simulation.until(session.request("kv.get", keyOf("k"))), (error: Error) => {
      assert.ok(isEau2Error(error, "CHUNK_LOST"));
      assert.equal(error.message.length, 4096);
      return true;
    });
  });

  test("65,536 wait for their answer, one more is BUSY; answers make room", async () => {
    const { cluster, simulation, session } = await pairOfNodes({
      "kv.has": { handle: () => ({ control: { found: true } }) },
    });
    await using _cluster = cluster;
    cluster.network.cut("a", "b");
    const loans = new Loans();
    const asked = Array.from({ length: REQUESTS_PENDING_MAX }, () => session.request("kv.has", keyOf("k")));
    const late = session.request("kv.has", keyOf("k"), { body: loans.body(patterned(10, 1), "the one too many") });
    await assert.rejects(late, { code: "BUSY" });
    assert.deepEqual([loans.open, loans.faults], [[], []]);
    for (const request of asked) request.catch(() => {});
    await simulation.advance(31_000);
    assert.equal(session.outgoing.count, 0);
  });

  test("of one peer that are under way are bounded too: the one too many is BUSY", async () => {
    const answers = gate();
    let running = 0;
    const { cluster, simulation, session } = await pairOfNodes({
      "kv.wait": {
        handle: async () => {
          running++;
          await answers.promise;
          return { control: found };
        },
      },
    });
    await using _cluster = cluster;
    const asked = Array.from({ length: REQUESTS_PENDING_MAX }, () =>
      session.request("kv.wait", keyOf("k"), { timeoutMs: null }),
    );
    await simulation.advance(500);
    assert.equal(running, REQUESTS_PENDING_MAX);
    answers.open();
    await simulation.until(Promise.all(asked));
    assert.equal(session.outgoing.count, 0);
  });
});
