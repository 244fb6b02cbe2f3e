import assert from "node:assert/strict";
import type { ClusterStatus } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { statusOf } from "./harness/status.js";
import { isPortOpen, runJson, TestMachine, type TestNode } from "./harness/test-machine.js";
import { until } from "./harness/until.js";

const LIMIT = { timeoutMs: 60_000 };
const STOP_LIMIT_MS = 5_000;
/** "Within a few seconds", on a busy machine. */
const SEEN_LIMIT_MS = 10_000;

/** The status as `node` sees it, once `other` is in this state. */
const statusOnce = (
  machine: TestMachine,
  node: TestNode,
  other: TestNode,
  state: ClusterStatus["nodes"][number]["state"],
): Promise<ClusterStatus> =>
  until(
    `${node.id} shows ${other.id} as ${state}`,
    async () => {
      const status = await statusOf(machine, node);
      return status.nodes.find(({ id }) => id === other.id)?.state === state ? status : undefined;
    },
    SEEN_LIMIT_MS,
  );

/** `eau2 stop` must end all these processes with exit code 0, soon, and leave nothing that listens. */
const stopAll = async (machine: TestMachine, through: TestNode, nodes: readonly TestNode[]): Promise<void> => {
  const { ended } = await runJson<{ ended: string[] }>(machine, ["stop", "--cluster", through.url]);
  assert.deepEqual([...ended].sort(), nodes.map(({ id }) => id).sort());
  for (const { process, address } of nodes) {
    const { code, signal, stderr } = await process.finished(STOP_LIMIT_MS);
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
    assert.equal(await isPortOpen(address), false, `${address} is still listening`);
  }
};

testSuite("eau2 node: a cluster of processes", (test) => {
  test(
    "three nodes form a cluster, the first is master, and status --json has exactly the promised fields",
    async () => {
      await using machine = new TestMachine();
      const [a, b, c] = (await machine.nodes(3, ["--shards", "2", "--memory", "64MB"])) as [
        TestNode,
        TestNode,
        TestNode,
      ];
      const status = await statusOf(machine, c);
      assert.deepEqual(Object.keys(status), ["cluster", "epoch", "nodes", "waits"]);
      assert.equal(status.cluster, a.cluster);
      assert.deepEqual(status.waits, []);
      for (const [index, node] of [a, b, c].entries()) {
        const { incarnation, ...shown } = status.nodes[index]!;
        assert.ok(Number.isInteger(incarnation));
        const shards = [index * 2, index * 2 + 1];
        const { id, address } = node;
        assert.deepEqual(node.shards, shards);
        const expected = { id, name: id, address, shards, master: index === 0, state: "up", bytes: 0, budget: 64e6 };
        assert.deepEqual(shown, expected);
      }
      await stopAll(machine, b, [a, b, c]);
    },
    LIMIT,
  );

  test(
    "with the master killed the others answer puts, gets and status, show that it has gone, and stop",
    async () => {
      await using machine = new TestMachine();
      const [a, b, c] = (await machine.nodes(3)) as [TestNode, TestNode, TestNode];
      const home = String(c.shards[0]);
      await runJson(machine, ["put", "before", "--home", home, "--cluster", a.url], { input: "kept" });
      await a.process.kill();
      const get = await machine.run(["get", "before", "--home", home, "--cluster", b.url]);
      assert.equal(get.stdout.toString(), "kept", get.stderr);
      await runJson(machine, ["put", "after", "--home", home, "--cluster", b.url], { input: "new" });
      assert.equal((await machine.run(["get", "after", "--home", home, "--cluster", c.url])).stdout.toString(), "new");
      for (const witness of [b, c]) {
        const { nodes } = await statusOnce(machine, witness, a, "gone");
        assert.deepEqual(
          nodes.map(({ id, state, bytes }) => [id, state, bytes >= 0]),
          [
            ["a", "gone", false],
            ["b", "up", true],
            ["c", "up", true],
          ],
        );
      }
      const orphan = await machine.run(["get", "x", "--home", String(a.shards[0]), "--cluster", b.url]);
      assert.equal(orphan.code, 1);
      // After a while it is dialed again: it might have come back.
      assert.match(orphan.stderr, /(shard 0.*has gone|node a .*nobody listens there).*\(PEER_GONE\)/);
      await stopAll(machine, c, [b, c]);
    },
    LIMIT,
  );

  test(
    "a node that comes back under its name gets new shards, and its old keys are PEER_GONE",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = (await machine.nodes(2)) as [TestNode, TestNode];
      await runJson(machine, ["put", "k", "--home", "1", "--cluster", a.url], { input: "lost" });
      await b.process.kill();
      const again = await machine.node("b", ["--join", a.url]);
      assert.deepEqual([b.shards, again.shards], [[1], [2]]);
      const { nodes } = await statusOf(machine, a);
      assert.deepEqual(
        nodes.map(({ id, shards, state }) => ({ id, shards, state })),
        [
          { id: "a", shards: [0], state: "up" },
          { id: "b", shards: [2], state: "up" },
        ],
      );
      for (const through of [a, again]) {
        const get = await machine.run(["get", "k", "--home", "1", "--cluster", through.url]);
        assert.equal(get.code, 1);
        assert.match(get.stderr, /key "k".*shard 1.*has gone.*\(PEER_GONE\)/);
      }
      await runJson(machine, ["put", "k", "--home", "2", "--cluster", a.url], { input: "new" });
      await stopAll(machine, a, [a, again]);
    },
    LIMIT,
  );

  test(
    "a node that does not answer is named by stop and does not keep the others alive",
    async () => {
      await using machine = new TestMachine();
      const [a, b, c] = (await machine.nodes(3)) as [TestNode, TestNode, TestNode];
      b.process.signal("SIGSTOP");
      const { code, stderr } = await machine.run(["stop", "--cluster", a.url]);
      assert.match(stderr, /^eau2: stop: b did not end; c, a ended: .*end that process on its machine \(DEADLINE\)\n$/);
      assert.equal(code, 1);
      for (const { process } of [a, c]) assert.equal((await process.finished(STOP_LIMIT_MS)).code, 0);
    },
    LIMIT,
  );

  test(
    "stop --node ends one node, and the others go on",
    async () => {
      await using machine = new TestMachine();
      const [a, b, c] = (await machine.nodes(3)) as [TestNode, TestNode, TestNode];
      const one = await machine.run(["stop", "--node", "b", "--cluster", c.url]);
      assert.equal(one.stdout.toString(), "1 node has ended: b\n", one.stderr);
      assert.equal((await b.process.finished(STOP_LIMIT_MS)).code, 0);
      await statusOnce(machine, c, b, "gone");
      const twice = await machine.run(["stop", "--node", "b", "--cluster", c.url]);
      assert.equal(twice.code, 1);
      assert.match(twice.stderr, /no node "b" is up.*\(NODE_GONE\)/);
      const never = await machine.run(["stop", "--node", "Not A Node", "--cluster", c.url]);
      assert.equal(never.code, 2);
      assert.match(never.stderr, /--node "Not A Node"/);
      const whole = await machine.run(["stop", "--cluster", c.url]);
      assert.match(whole.stdout.toString(), /^2 nodes have ended: /, whole.stderr);
      for (const { process } of [a, c]) assert.equal((await process.finished(STOP_LIMIT_MS)).code, 0);
    },
    LIMIT,
  );

  test(
    "ctrl-C and SIGTERM drain a node: exit code 0, the others see it go, its port is free",
    async () => {
      await using machine = new TestMachine();
      const [a, b, c] = (await machine.nodes(3)) as [TestNode, TestNode, TestNode];
      for (const [node, signal] of [
        [b, "SIGINT"],
        [c, "SIGTERM"],
      ] as const) {
        node.process.signal(signal);
        const { code, stderr } = await node.process.finished(STOP_LIMIT_MS);
        assert.equal(code, 0, stderr);
        assert.match(stderr, new RegExp(`${signal}: draining`));
        assert.equal(await isPortOpen(node.address), false);
        await statusOnce(machine, a, node, "gone");
      }
      await stopAll(machine, a, [a]);
    },
    LIMIT,
  );

  test(
    "people read a table: who is up, where, with what, and who waits",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = (await machine.nodes(2, ["--memory", "64MiB"])) as [TestNode, TestNode];
      await runJson(machine, ["put", "k", "--home", "1", "--cluster", a.url], { input: new Uint8Array(65536) });
      const { stdout } = await machine.run(["status", "--cluster", a.url]);
      const shown = stdout
        .toString()
        .replaceAll(a.cluster, "ID")
        .replaceAll(/127\.0\.0\.1:\d+/g, (address) => "ADDRESS".padEnd(address.length));
      assert.equal(
        shown.replaceAll(/ {2,}/g, "  "),
        [
          "cluster ID, epoch 2: 2 of 2 nodes up",
          "",
          "node  state  address  shards  bytes  budget",
          "a  up  ADDRESS  0  0 B  64.0 MiB  master",
          "b  up  ADDRESS  1  64.0 KiB  64.0 MiB",
          "",
          "nobody waits",
          "",
        ].join("\n"),
      );
      await stopAll(machine, b, [a, b]);
    },
    LIMIT,
  );

  test(
    "without --json a node says where it is and how the next one joins",
    async () => {
      await using machine = new TestMachine();
      const node = machine.eau2(["node", "--listen", "127.0.0.1:0", "--shards", "2", "--memory", "1GiB"]);
      const [, address] = await node.printed(/another node: eau2 node .*--join ws:\/\/(\S+)\n/);
      assert.match(
        node.stdout.toString(),
        /^[a-z0-9-]+ is up at ws:\/\/127\.0\.0\.1:\d+ \(first node of cluster \S+; shards 0, 1; 1\.0 GiB for values\)\n/,
      );
      node.signal("SIGINT");
      assert.equal((await node.finished(STOP_LIMIT_MS)).code, 0);
      assert.equal(await isPortOpen(address!), false);
    },
    LIMIT,
  );
});
