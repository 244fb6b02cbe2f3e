import assert from "node:assert/strict";
import { CONTROL_BYTES_MAX, Eau2Error, isEau2Error, NodeId } from "@eau2/protocol";
import { crc32 } from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import { Channel } from "../../src/session/channel.js";
import { DeadlineWheel } from "../../src/session/deadline-wheel.js";
import { bodyOf, OutgoingRequests } from "../../src/session/outgoing-requests.js";
import { INLINE_BODY_BYTES_MAX, type RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import { HandoverLink } from "../../src/transport/handover-link.js";
import type { Link } from "../../src/transport/transport.js";
import { Simulation } from "../../src/transport-simulated/simulation.js";
import { patterned } from "../kit/patterned.js";
import { keyOf, SimulatedCluster } from "../kit/simulated-cluster.js";
import { Loans } from "../kit/tracked-body.js";
import { turn } from "../kit/turns.js";

const SIZES = [
  0,
  1,
  8192,
  8193,
  INLINE_BODY_BYTES_MAX,
  INLINE_BODY_BYTES_MAX + 1,
  256 * 1024,
  256 * 1024 + 1,
  5_000_000,
];

/** Node b keeps what it is given and lends it out again; every loan is tracked. */
const storing = async (seed = 1, overrides: RequestHandlers<Session> = {}) => {
  const cluster = new SimulatedCluster(seed);
  const loans = new Loans();
  const values = new Map<string, Uint8Array>();
  const handlers: RequestHandlers<Session> = {
    "kv.put": {
      prepare: (control, bytes) => {
        if (control.key.name === "refused") throw new Eau2Error("MEMORY_EXCEEDED", "no room for it");
        return { view: new Uint8Array(bytes), abandon: loans.lend(`buffer of ${control.key.name}`) };
      },
      handle: ({ control, body, checksum }) => {
        assert.equal(checksum, crc32(body));
        values.set(control.key.name, body);
        return { control: { stored: true } };
      },
    },
    "kv.get": {
      handle: ({ control }) => {
        const value = values.get(control.key.name);
        if (value === undefined) return { control: { found: false, checksum: 0 } };
        const body = loans.body(value, `answer ${control.key.name}`);
        return { control: { found: true, checksum: body.checksum }, body };
      },
    },
    ...overrides,
  };
  await cluster.start(["a"]);
  const b = await cluster.node("b", { handlers });
  await cluster.simulation.until(b.join("a:1"));
  return { cluster, simulation: cluster.simulation, session: cluster.session("a", "b"), values, loans };
};

testSuite("bodies", (test) => {
  test("of every size arrive as they were sent, both ways, and are released once when they are not needed", async () => {
    const { cluster, simulation, session, values, loans } = await storing();
    await using _cluster = cluster;
    const ours = new Loans();
    await simulation.until(
      Promise.all(
        SIZES.map(async (byteCount, seed) => {
          const name = `k${byteCount}`;
          const body = ours.body(patterned(byteCount, seed), name);
          const put = await session.request("kv.put", { ...keyOf(name), checksum: body.checksum }, { body });
          assert.equal(put.control.stored, true);
          const got = await session.request("kv.get", keyOf(name));
          assert.equal(Buffer.compare(got.body, patterned(byteCount, seed)), 0, name);
          assert.equal(got.checksum, crc32(patterned(byteCount, seed)));
        }),
      ),
    );
    assert.equal(values.size, SIZES.length);
    await simulation.advance(1000);
    assert.deepEqual([ours.open, ours.faults, loans.faults], [[], [], []]);
    // Buffers whose body arrived are the handler's own now; nothing else is still lent.
    assert.deepEqual(
      loans.open.filter((what) => what.startsWith("body")),
      [],
    );
  });

  test("of an answer are received where the caller says, which is told only when they will not come", async () => {
    const { cluster, simulation, session, values } = await storing();
    await using _cluster = cluster;
    for (const byteCount of SIZES) values.set(`k${byteCount}`, patterned(byteCount, 3));
    for (const byteCount of SIZES) {
      const buffer = new Uint8Array(byteCount + 10);
      let abandoned = 0;
      const { body } = await simulation.until(
        session.request("kv.get", keyOf(`k${byteCount}`), {
          prepare: (control, bytes, checksum) => {
            assert.deepEqual([control.found, bytes], [true, byteCount]);
            assert.equal(checksum, crc32(patterned(byteCount, 3)));
            return { view: buffer.subarray(5, 5 + bytes), abandon: () => abandoned++ };
          },
        }),
      );
      assert.equal(Buffer.compare(body, patterned(byteCount, 3)), 0);
      if (byteCount > 0) assert.equal(body.buffer, buffer.buffer);
      assert.equal(abandoned, 0);
    }
  });

  test("that are cancelled half way are abandoned once on both sides, in either direction", async () => {
    const { cluster, simulation, session, values, loans } = await storing();
    await using _cluster = cluster;
    values.set("big", patterned(20_000_000, 1));
    const ours = new Loans();
    for (const delayMs of [1, 30, 60, 100, 200, 400]) {
      const controller = new AbortController();
      const { signal } = controller;
      const body = ours.body(patterned(20_000_000, 2), "put");
      const put = session.request("kv.put", { ...keyOf(`put${delayMs}`), checksum: body.checksum }, { body, signal });
      let received: (() => void) | undefined;
      const get = session.request("kv.get", keyOf("big"), {
        signal,
        prepare: (_control, bytes) => {
          received = ours.lend("buffer of the answer");
          return { view: new Uint8Array(bytes), abandon: received };
        },
      });
      const ended = Promise.allSettled([put, get]);
      await simulation.advance(delayMs);
      controller.abort();
      const [putResult, getResult] = await simulation.until(ended);
      for (const result of [putResult, getResult])
        if (result.status === "rejected") assert.equal((result.reason as Eau2Error).code, "CANCELLED");
      if (getResult.status === "fulfilled") received?.();
      await simulation.advance(2000);
      assert.deepEqual([ours.open, ours.faults], [[], []], `after ${delayMs} ms`);
      const stillOut = loans.open.filter((what) => !values.has(what.replace("buffer of ", "")));
      assert.deepEqual([stillOut, loans.faults], [[], []], `after ${delayMs} ms`);
    }
  });

  test("that are cancelled as soon as they are sent leave nothing behind, whichever link is faster", async () => {
    for (let seed = 50; seed < 80; seed++) {
      const { cluster, simulation, session, loans } = await storing(seed);
      await using _cluster = cluster;
      const far = cluster.nodes.get("b")!.session(NodeId.parse("a"));
      for (const byteCount of [1_000, 3_000_000]) {
        const controller = new AbortController();
        const body = bodyOf(patterned(byteCount, 1));
        const options = { body, signal: controller.signal, timeoutMs: null };
        const put = session.request("kv.put", { ...keyOf("k"), checksum: body.checksum }, options);
        controller.abort();
        await assert.rejects(put, { code: "CANCELLED" });
        await simulation.advance(1_000);
        assert.equal(far.incoming.count, 0, `seed ${seed}: a request that nobody waits for is kept`);
      }
      assert.deepEqual(
        loans.open.filter((what) => what !== "buffer of k"),
        [],
      );
    }
  });

  test("are released when the link needs them no longer, not before, however the request ends", async () => {
    const simulation = new Simulation(1, turn);
    for (const byteCount of [20_000, INLINE_BODY_BYTES_MAX, 1_000_000]) {
      // A link that keeps what it is given, as a socket does, until the test says that it has been written.
      const written: (() => void)[] = [];
      const link: Link = {
        remote: "somebody",
        bufferedBytes: 0,
        open: () => {},
        send: (_message, flushed) => written.push(flushed ?? (() => {})),
        trust: () => {},
        pause: () => {},
        resume: () => {},
        close: () => {},
        destroy: () => {},
      };
      const channel = new Channel(new HandoverLink(link), () => ({ epoch: 0, incarnation: 1 }));
      const wheel = new DeadlineWheel(simulation.clock);
      const requests = new OutgoingRequests("somebody", simulation.clock, wheel);
      requests.attach({ control: channel, data: channel });
      const loans = new Loans();
      const controller = new AbortController();
      const body = loans.body(patterned(byteCount, 1), "question");
      const { signal } = controller;
      const asked = requests.request("kv.put", { ...keyOf("k"), checksum: 0 }, { body, signal });
      controller.abort();
      await assert.rejects(asked, { code: "CANCELLED" });
      await turn();
      assert.equal(loans.open.length, 1, `${byteCount} bytes were released while they were being written`);
      for (const flushed of written.splice(0)) flushed();
      assert.deepEqual([loans.open, loans.faults], [[], []]);
      wheel.close();
    }
  });

  test("that the far side has no room for are refused before they travel", async () => {
    const { cluster, simulation, session, loans } = await storing();
    await using _cluster = cluster;
    for (const byteCount of [10, 5_000_000]) {
      const ours = new Loans();
      const body = ours.body(patterned(byteCount, 1), "refused");
      const put = session.request("kv.put", { ...keyOf("refused"), checksum: body.checksum }, { body });
      await assert.rejects(simulation.until(put), { code: "MEMORY_EXCEEDED" });
      await simulation.advance(1000);
      assert.deepEqual([ours.open, ours.faults, loans.open], [[], [], []]);
    }
  });

  test("that a request has no place for are refused by their length, and the session goes on", async () => {
    const seen: number[] = [];
    const { cluster, simulation, session } = await storing(1, {
      "kv.has": {
        handle: ({ body }) => {
          seen.push(body.length);
          return { control: { found: true } };
        },
      },
    });
    await using _cluster = cluster;
    const ours = new Loans();
    const ask = (bytes: number) =>
      simulation.until(session.request("kv.has", keyOf("k"), { body: ours.body(patterned(bytes, 1), `${bytes}`) }));
    for (const bytes of [INLINE_BODY_BYTES_MAX + 1, 5_000_000]) {
      await assert.rejects(ask(bytes), (error: Error) => {
        assert.ok(isEau2Error(error, "VALUE_TOO_LARGE"));
        assert.deepEqual(error.details, { kind: "kv.has", bytes, bytesMax: INLINE_BODY_BYTES_MAX });
        assert.match(error.message, /put the bytes under a key/);
        return true;
      });
    }
    await ask(INLINE_BODY_BYTES_MAX);
    await ask(0);
    assert.deepEqual(seen, [INLINE_BODY_BYTES_MAX, 0]);
    await simulation.advance(1000);
    assert.deepEqual([ours.open, ours.faults, session.state], [[], [], "up"]);
  });

  test("are released when the answer that they belong to cannot be sent", async () => {
    const loans = new Loans();
    for (const byteCount of [10, 5_000_000]) {
      const { cluster, simulation, session } = await storing(1, {
        "job.run": {
          handle: () => ({
            control: { value: "x".repeat(CONTROL_BYTES_MAX) },
            body: loans.body(patterned(byteCount, 1), "answer"),
          }),
        },
      });
      await using _cluster = cluster;
      const asked = session.request("job.run", { id: "j", name: "j", args: null });
      await assert.rejects(simulation.until(asked), { code: "VALUE_TOO_LARGE" });
      assert.deepEqual([loans.open, loans.faults], [[], []]);
    }
  });

  test("are released when the question that they belong to cannot be sent", async () => {
    const { cluster, simulation, session } = await storing();
    await using _cluster = cluster;
    const loans = new Loans();
    const args: unknown[] = ["x".repeat(CONTROL_BYTES_MAX)];
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const byteCount of [10, 5_000_000])
      for (const value of [...args, cycle]) {
        const body = loans.body(patterned(byteCount, 1), "question");
        const asked = session.request("job.run", { id: "j", name: "j", args: value }, { body });
        await assert.rejects(simulation.until(asked), isEau2Error);
        await simulation.advance(100);
        assert.deepEqual([loans.open, loans.faults], [[], []]);
      }
    // The session has come to no harm.
    await simulation.until(session.request("kv.get", keyOf("k")));
  });

  test("that somebody damaged on the way are refused, inline and as a stream", async () => {
    const { cluster, simulation, session, values } = await storing(1, {
      "kv.wait": {
        // A checksum that does not fit the bytes, as if they had changed in memory.
        handle: ({ control }) => ({
          control: { found: true, checksum: 0 },
          body: { ...bodyOf(patterned(control.key.name.length * 1000, 1)), checksum: 12_345 },
        }),
      },
    });
    await using _cluster = cluster;
    const streamed = session.request("kv.wait", keyOf("x".repeat(500)));
    await assert.rejects(simulation.until(streamed), { code: "DATA_INVALID" });
    values.set("k", patterned(10, 1));
    assert.equal((await simulation.until(session.request("kv.get", keyOf("k")))).body.length, 10);
  });
});
