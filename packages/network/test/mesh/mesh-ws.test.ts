/** The same mesh over real sockets and real time: what the simulator cannot show. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { NodeId } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { connectClient } from "../../src/mesh/client.js";
import { Mesh } from "../../src/mesh/mesh.js";
import { systemClock, systemRandom } from "../../src/platform/system.js";
import { WebSocketTransport } from "../../src/platform/transport-ws.js";
import type { RequestHandlers } from "../../src/session/request-types.js";
import type { Session } from "../../src/session/session.js";
import type { Transport } from "../../src/transport/transport.js";
import { MemoryNetwork, MemoryTransport } from "../../src/transport-memory/transport-memory.js";
import { patterned } from "../kit/patterned.js";
import { keyOf, TOKEN } from "../kit/simulated-cluster.js";
import { Loans } from "../kit/tracked-body.js";
import { eventually } from "../kit/turns.js";

const SIZES = [0, 100, 9_000, 65_536, 65_537, 1_500_000];
const LARGE = "1500000";
const VALUES = new Map(SIZES.map((size) => [String(size), patterned(size, 3)]));
const bytesNamed = (name: string): Uint8Array => VALUES.get(name)!;

const meshOver = (transport: Transport, name: string, handlers: RequestHandlers<Session> = {}): Mesh =>
  new Mesh({
    transport,
    clock: systemClock,
    random: systemRandom,
    token: TOKEN,
    id: NodeId.parse(name),
    name,
    incarnation: 1,
    build: "test",
    shardCount: 1,
    handlers,
    log: () => {},
  });

const TRANSPORTS: Readonly<Record<string, { create: () => () => Transport; address: (name: string) => string }>> = {
  WebSocket: { create: () => () => new WebSocketTransport(systemClock), address: () => "127.0.0.1:0" },
  memory: {
    create: () => {
      const network = new MemoryNetwork();
      return () => new MemoryTransport(network, systemClock);
    },
    address: (name) => `${name}:0`,
  },
};

for (const [transportName, { create, address }] of Object.entries(TRANSPORTS)) {
  testSuite(`mesh over ${transportName}`, (test) => {
    test("nodes and clients exchange bodies of all sizes, hundreds of requests at once", async () => {
      const transport = create();
      const loans = new Loans();
      const handlers: RequestHandlers<Session> = {
        "kv.get": {
          handle: ({ control }) => {
            const body = loans.body(bytesNamed(control.key.name), control.key.name);
            return { control: { found: true, checksum: body.checksum }, body };
          },
        },
        "kv.put": {
          prepare: (_control, bytes) => ({ view: new Uint8Array(bytes) }),
          handle: ({ control, body }) => ({
            control: { stored: Buffer.compare(body, bytesNamed(control.key.name)) === 0 },
          }),
        },
      };
      const [a, b] = [meshOver(transport(), "a", handlers), meshOver(transport(), "b", handlers)];
      const at = await a.listen(address("a"));
      await b.listen(address("b"));
      a.found();
      await b.join(at);
      const client = await connectClient(at, {
        transport: transport(),
        clock: systemClock,
        random: systemRandom,
        token: TOKEN,
        name: "client",
        build: "test",
      });
      const sessions = [a.session(NodeId.parse("b")), b.session(NodeId.parse("a")), client.session];
      await Promise.all(
        sessions.flatMap((session) =>
          Array.from({ length: 90 }, async (_, index) => {
            const name = String(SIZES[index % SIZES.length]);
            const got = await session.request("kv.get", keyOf(name));
            assert.equal(Buffer.compare(got.body, bytesNamed(name)), 0);
            const body = loans.body(bytesNamed(name), `put ${name}`);
            const put = await session.request("kv.put", { ...keyOf(name), checksum: body.checksum }, { body });
            assert.equal(put.control.stored, true);
          }),
        ),
      );
      // Far more than a link may queue, both ways at once: neither side may stop reading because it cannot write.
      await Promise.all(
        sessions.flatMap((session) =>
          Array.from({ length: 60 }, async () => {
            const body = loans.body(bytesNamed(LARGE), "large put");
            const answers = await Promise.all([
              session.request("kv.get", keyOf(LARGE)),
              session.request("kv.put", { ...keyOf(LARGE), checksum: body.checksum }, { body }),
            ]);
            assert.deepEqual([answers[0].body.length, answers[1].control.stored], [1_500_000, true]);
          }),
        ),
      );
      await eventually(() => loans.open.length === 0);
      assert.deepEqual(loans.faults, []);
      client.close();
      await b.close("done");
      await a.close("done");
      // The port is free at once.
      const again = meshOver(transport(), "c");
      await again.listen(at);
      await again.close("done");
    });
  });
}

/** Runs a few lines with a, b and a client at hand in a process of its own; resolves with how it ended. */
const inProcess = (body: string): Promise<{ code: number | null; output: string }> => {
  const source = `
    import { NodeId } from "@eau2/protocol";
    const { Mesh, WebSocketTransport, connectClient, systemClock, systemRandom } = await import(${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)});
    const token = new Uint8Array(32).fill(5);
    const common = { clock: systemClock, random: systemRandom, token, build: "t" };
    const mesh = (name) => new Mesh({ ...common, transport: new WebSocketTransport(systemClock), id: NodeId.parse(name),
      name, incarnation: 1, shardCount: 1, handlers: { "kv.wait": { handle: () => new Promise(() => {}) } }, log: () => {} });
    const [a, b] = [mesh("a"), mesh("b")];
    const at = await a.listen("127.0.0.1:0");
    await b.listen("127.0.0.1:0");
    a.found();
    await b.join(at);
    const client = await connectClient(at, { ...common, transport: new WebSocketTransport(systemClock), name: "c" });
    const wait = (session) => session.request("kv.wait", { key: { name: "k", home: 0 } }, { timeoutMs: null }).catch((e) => console.log(e.code));
    ${body}
  `;
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--input-type=module", "--eval", source],
    { cwd: new URL("../..", import.meta.url), stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.on("data", (bytes) => {
    output += bytes;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
};

testSuite("a process whose mesh was closed", (test) => {
  test("ends by itself, with requests and clients under way", async () => {
    const { code, output } = await inProcess(`
      wait(client.session); wait(b.session(NodeId.parse("a"))); wait(a.session(NodeId.parse("b")));
      setTimeout(async () => { client.close(); await b.close("x"); await a.close("x"); console.log("closed"); }, 300);
    `);
    assert.equal(code, 0);
    assert.match(output, /closed/);
    assert.equal(output.match(/PEER_GONE/g)?.length, 3);
  });

  test("ends by itself when a peer never answers the goodbye, and while a dial is under way", async () => {
    // Somebody who upgrades, and then neither reads nor closes; and a listener that accepts and says nothing.
    const { code, output } = await inProcess(`
      const { createServer, connect } = await import("node:net");
      const silent = createServer(() => {}).listen(0, "127.0.0.1");
      await new Promise((resolve) => silent.once("listening", resolve));
      silent.unref();
      const c = mesh("c");
      await c.listen("127.0.0.1:0");
      c.join("127.0.0.1:" + silent.address().port).catch((e) => console.log("join", e.code));
      const stranger = connect(Number(at.split(":")[1]), "127.0.0.1", () => {
        stranger.write("GET / HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\\r\\n\\r\\n");
      });
      stranger.on("error", () => {});
      stranger.once("data", async () => {
        stranger.pause(); stranger.unref();
        client.close(); await c.close("x"); await b.close("x"); await a.close("x");
        console.log("closed");
      });
    `);
    assert.equal(code, 0);
    assert.match(output, /closed/);
  });
});
