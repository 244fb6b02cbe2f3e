import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { testSuite } from "@eau2/testing";
import { assertFails } from "./harness/assert-fails.js";
import { statusOf } from "./harness/status.js";
import { TestMachine, type TestNode } from "./harness/test-machine.js";

const LIMIT = { timeoutMs: 60_000 };
const OTHER_TOKEN = "another-token-0123456789";
const STRANGER_LIMIT_MS = 10_000;

/** What a stranger gets to read until the node hangs up; an open connection after the limit is a failure. */
const stranger = ({ address }: TestNode, speak: (socket: Socket) => void): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const [host, port] = address.split(":") as [string, string];
    const heard: Buffer[] = [];
    const socket = connect({ host, port: Number(port) }, () => speak(socket));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the node kept a stranger for ${STRANGER_LIMIT_MS} ms`));
    }, STRANGER_LIMIT_MS);
    socket.on("data", (data) => heard.push(data));
    socket.on("error", () => {}); // a reset is as good
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(heard));
    });
  });

const UPGRADE = [
  "GET / HTTP/1.1",
  "Host: x",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
];
const upgrade = (...more: string[]): string => [...UPGRADE, ...more, "", ""].join("\r\n");
/** A masked WebSocket frame with a zero mask. */
const webSocketFrame = (opcode: number, payload: Uint8Array): Buffer =>
  Buffer.concat([Uint8Array.of(0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0), payload]);

testSuite("eau2 node: who is let in", (test) => {
  test(
    "the first start makes a token that only its owner can read; everything on the machine finds it there",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      const file = join(machine.path, ".eau2", "token");
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.match(readFileSync(file, "utf8"), /^[0-9a-f]{64}\n$/);
      assert.equal((await statusOf(machine, a!)).nodes.length, 1);
      assert.doesNotMatch(a!.process.stderr, /[0-9a-f]{64}/, "a token is never logged");
    },
    LIMIT,
  );

  test(
    "a command finds no token where no node ever started, says so, and makes none",
    async () => {
      await using machine = new TestMachine();
      const status = await machine.run(["status", "--cluster", "ws://127.0.0.1:1"]);
      assertFails(status, /no token: there is no .*\.eau2\/token yet.*--token-file FILE or EAU2_TOKEN \(USAGE\)/, 2);
      assert.equal(existsSync(join(machine.path, ".eau2")), false);
    },
    LIMIT,
  );

  test(
    "XDG_STATE_HOME is where the token lies when it is set",
    async () => {
      await using machine = new TestMachine();
      const env = { XDG_STATE_HOME: join(machine.path, "state") };
      const node = await machine.node("a", [], { env });
      assert.ok(existsSync(join(machine.path, "state", "eau2", "token")));
      assert.equal((await machine.run(["status", "--cluster", node.url], { env })).code, 0);
      assertFails(await machine.run(["status", "--cluster", node.url]), /no token/, 2);
    },
    LIMIT,
  );

  test(
    "another token is DENIED to commands and to nodes, and nothing of the cluster is told",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      const env = { EAU2_TOKEN: OTHER_TOKEN };
      for (const args of [
        ["status", "--cluster", a!.url],
        ["put", "k", "--cluster", a!.url],
        ["stop", "--cluster", a!.url],
        ["node", "--listen", "127.0.0.1:0", "--join", a!.url],
      ]) {
        const refused = await machine.run(args, { env });
        assertFails(refused, /token was refused.*--token-file FILE or EAU2_TOKEN.*\(DENIED\)/);
        assert.ok(!refused.stderr.includes(a!.cluster));
      }
      assert.equal((await statusOf(machine, a!)).nodes.length, 1);
    },
    LIMIT,
  );

  test(
    "--token-file comes before EAU2_TOKEN, EAU2_TOKEN before the file at home",
    async () => {
      await using machine = new TestMachine();
      const file = join(machine.path, "token");
      writeFileSync(file, `${OTHER_TOKEN}\n`, { mode: 0o600 });
      const named = await machine.node("a", ["--token-file", file], { env: { EAU2_TOKEN: "not-this-one-0123456789" } });
      const asked = ["status", "--cluster", named.url];
      assert.equal((await machine.run(asked, { env: { EAU2_TOKEN: OTHER_TOKEN } })).code, 0);
      assert.equal((await machine.run([...asked, "--token-file", file])).code, 0);
      assert.equal((await machine.run(asked, { env: { EAU2_TOKEN_FILE: file } })).code, 0);
      const home = await machine.node("b");
      assertFails(
        await machine.run(["status", "--cluster", home.url], { env: { EAU2_TOKEN: OTHER_TOKEN } }),
        /\(DENIED\)/,
      );
    },
    LIMIT,
  );

  test(
    "a token that others can read, is too short or is not there is refused with the remedy",
    async () => {
      await using machine = new TestMachine();
      const file = join(machine.path, "token");
      writeFileSync(file, OTHER_TOKEN);
      for (const mode of [0o644, 0o640, 0o604]) {
        chmodSync(file, mode);
        const node = ["node", "--listen", "127.0.0.1:0", "--token-file", file];
        assertFails(await machine.run(node), /can be read by others; run: chmod 600 .*\(DENIED\)/);
      }
      mkdirSync(join(machine.path, ".eau2"));
      writeFileSync(join(machine.path, ".eau2", "token"), OTHER_TOKEN, { mode: 0o644 });
      assertFails(await machine.run(["status"]), /chmod 600 .*\(DENIED\)/);
      const short = await machine.run(["status"], { env: { EAU2_TOKEN: "short" } });
      assertFails(short, /EAU2_TOKEN has 5 bytes.*at least 16.*\(USAGE\)/, 2);
      const absent = await machine.run(["status", "--token-file", "/nowhere/token"]);
      assertFails(absent, /--token-file \/nowhere\/token: there is no such file.*\(USAGE\)/, 2);
    },
    LIMIT,
  );

  test(
    "a node that insists on another cluster is CLUSTER_MISMATCH; one that insists on this one joins",
    async () => {
      await using machine = new TestMachine();
      const a = await machine.node("a", ["--cluster-id", "blue"]);
      assert.equal(a.cluster, "blue");
      const join = ["node", "--listen", "127.0.0.1:0", "--join", a.url, "--cluster-id"];
      assertFails(await machine.run([...join, "green"]), /cluster blue, not to green.*\(CLUSTER_MISMATCH\)/);
      const b = await machine.node("b", ["--join", a.url, "--cluster-id", "blue"]);
      assert.equal(b.cluster, "blue");
      assert.equal((await statusOf(machine, b)).nodes.length, 2);
    },
    LIMIT,
  );

  test(
    "a name that is taken is refused by any node of the cluster, with what to do",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = (await machine.nodes(2)) as [TestNode, TestNode];
      for (const name of ["a", "b"])
        for (const through of [a, b]) {
          const twice = ["node", "--listen", "127.0.0.1:0", "--join", through.url, "--name", name];
          assertFails(await machine.run(twice), new RegExp(`node named "${name}" .*another --name \\(USAGE\\)`), 2);
        }
      const { nodes } = await statusOf(machine, a);
      assert.deepEqual(
        nodes.map(({ id, state }) => [id, state]),
        [
          ["a", "up"],
          ["b", "up"],
        ],
      );
    },
    LIMIT,
  );

  test(
    "garbage, silence, web pages and half a WebSocket end the stranger's connection, not the node",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      const speeches: Record<string, (socket: Socket) => void> = {
        garbage: (socket) => socket.write(Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7919) & 0xff))),
        silence: () => {},
        "a request of HTTP": (socket) => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        "a header that never ends": (socket) => socket.write(`GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}`),
        "a web page": (socket) => socket.write(upgrade("Origin: http://evil.example")),
        "an upgrade and then silence": (socket) => socket.write(upgrade()),
        "an upgrade and then garbage": (socket) => {
          socket.write(upgrade());
          socket.write(webSocketFrame(2, Buffer.alloc(100, 0xa5)));
        },
        "an upgrade and then text": (socket) => {
          socket.write(upgrade());
          socket.write(webSocketFrame(1, Buffer.from("hello")));
        },
        "an upgrade and a proof of nothing": (socket) => {
          socket.write(upgrade());
          socket.write(webSocketFrame(2, Buffer.alloc(64)));
        },
      };
      const heard = new Map<string, string>();
      await Promise.all(
        Object.entries(speeches).map(async ([what, speak]) => heard.set(what, String(await stranger(a!, speak)))),
      );
      assert.match(heard.get("a request of HTTP")!, /^HTTP\/1\.1 426 .*This is an eau2 node/s);
      assert.match(heard.get("a web page")!, /^HTTP\/1\.1 403 /);
      assert.equal(heard.get("silence"), "");
      for (const said of heard.values()) assert.ok(!said.includes(a!.cluster), "strangers learn nothing");
      assert.equal((await statusOf(machine, a!)).nodes[0]!.state, "up");
    },
    LIMIT,
  );
});
