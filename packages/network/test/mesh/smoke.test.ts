import assert from "node:assert/strict";
import { NodeId, ShardIndex } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import {
  bodyOf,
  connectClient,
  Mesh,
  type RequestHandlers,
  type Session,
  SimulatedNetwork,
  Simulation,
  systemClock,
  systemRandom,
  WebSocketTransport,
} from "../../src/index.js";

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const token = new TextEncoder().encode("0123456789abcdef0123456789abcdef");
const big = new Uint8Array(5_000_000).map((_, i) => i & 255);
const handlers: RequestHandlers<Session> = {
  "kv.get": {
    handle: ({ control }) => ({
      control: { found: true, checksum: 0 },
      body: bodyOf(control.key.name === "big" ? big : new TextEncoder().encode(control.key.name)),
    }),
  },
  "kv.put": { handle: ({ body }) => ({ control: { stored: body.length === big.length } }) },
};
const key = (name: string) => ({ key: { name, home: ShardIndex.parse(0) } });

testSuite("mesh smoke", (test) => {
  test("simulated", async () => {
    const sim = new Simulation(3, settle);
    const net = new SimulatedNetwork(sim);
    net.setFaults({ breakChance: 0.02, stallChance: 0.01 });
    const mesh = (name: string) =>
      new Mesh({
        transport: net.transport(name),
        clock: sim.clock,
        random: sim.random,
        token,
        id: NodeId.parse(name),
        name,
        incarnation: 1,
        build: "t",
        shardCount: 1,
        handlers,
        log: () => {},
      });
    const a = mesh("a"),
      b = mesh("b"),
      c = mesh("c");
    const at = await sim.until(a.listen("a:0"));
    await b.listen("b:0");
    await c.listen("c:0");
    a.found();
    for (const m of [b, c]) {
      for (;;) {
        try {
          await sim.until(m.join(at));
          break;
        } catch (e) {
          console.log((e as Error).message);
        }
      }
    }
    await sim.advance(1000);
    assert.equal(b.directory.nodes.length, 3);
    const got = await sim.until(
      Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          b.session(NodeId.parse("c")).request("kv.get", key(i % 7 === 0 ? "big" : `k${i}`), { timeoutMs: null }),
        ),
      ),
    );
    assert.equal(got[0]!.body.length, 5_000_000);
    assert.equal(new TextDecoder().decode(got[1]!.body), "k1");
    const put = await sim.until(
      c
        .session(NodeId.parse("b"))
        .request("kv.put", { ...key("x"), checksum: 1 }, { body: bodyOf(big), timeoutMs: null }),
    );
    assert.equal(put.control.stored, true);
    net.kill("c");
    await assert.rejects(sim.until(b.session(NodeId.parse("c")).request("kv.get", key("x"))), { code: "PEER_GONE" });
    await sim.advance(60_000);
    assert.equal(a.view().nodes.find((n) => n.id === "c")!.state, "gone");
  });
  test("ws", async () => {
    const mesh = (name: string) =>
      new Mesh({
        transport: new WebSocketTransport(systemClock),
        clock: systemClock,
        random: systemRandom,
        token,
        id: NodeId.parse(name),
        name,
        incarnation: 1,
        build: "t",
        shardCount: 1,
        handlers,
        log: (l, m) => console.log(l, m),
      });
    const a = mesh("a"),
      b = mesh("b");
    const at = await a.listen("127.0.0.1:0");
    await b.listen("127.0.0.1:0");
    a.found();
    await b.join(at);
    const session = b.session(NodeId.parse("a"));
    for (const n of [1, 64]) {
      const t = performance.now();
      let done = 0;
      await Promise.all(
        Array.from({ length: n }, async () => {
          while (performance.now() - t < 1000) {
            await session.request(
              "kv.get",
              key(
                "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij",
              ),
            );
            done++;
          }
        }),
      );
      console.log(n, "in flight", done, "/s");
    }
    const t = performance.now();
    let bytes = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (performance.now() - t < 1000) bytes += (await session.request("kv.get", key("big"))).body.length;
      }),
    );
    console.log("MB/s", bytes / 1e6);
    const client = await connectClient(at, {
      transport: new WebSocketTransport(systemClock),
      clock: systemClock,
      random: systemRandom,
      token,
      name: "cli",
      build: "t",
    });
    assert.equal((await client.session.request("kv.get", key("q"))).body.length, 1);
    client.close();
    await b.close("x");
    await a.close("x");
  });
});
