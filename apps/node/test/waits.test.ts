import assert from "node:assert/strict";
import type { ClusterStatus } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { BreakableProxy } from "./harness/breakable-proxy.js";
import { statusOf } from "./harness/status.js";
import { runJson, TestMachine, type TestNode } from "./harness/test-machine.js";
import type { TestProcess } from "./harness/test-process.js";
import { until } from "./harness/until.js";

const LIMIT = { timeoutMs: 60_000 };

/** Starts `eau2 get KEY --wait` through a node. */
const startWait = (machine: TestMachine, key: string, home: number, through: TestNode): TestProcess =>
  machine.eau2(["get", key, "--wait", "--home", String(home), "--cluster", through.url]);

/** The waits, once there are so many of them. */
const waitsOnce = (machine: TestMachine, node: TestNode, count: number): Promise<ClusterStatus["waits"]> =>
  until(`${count} wait`, async () => {
    const { waits } = await statusOf(machine, node);
    return waits.length === count ? waits : undefined;
  });

testSuite("eau2 get --wait", (test) => {
  test(
    "a put wakes those who wait, on any node; status lists key, home, waiter and since when",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = (await machine.nodes(2)) as [TestNode, TestNode];
      const direct = startWait(machine, "later", 1, b);
      const [first] = await waitsOnce(machine, a, 1);
      assert.deepEqual(Object.keys(first!).sort(), ["home", "key", "sinceMs", "waiter"]);
      assert.deepEqual([first!.key, first!.home], ["later", 1]);
      assert.match(first!.waiter, new RegExp(`^client eau2-${direct.pid}\\b`), "a client of the home is named itself");
      assert.ok(first!.sinceMs >= 0);
      const around = startWait(machine, "later", 1, a);
      const waits = await waitsOnce(machine, b, 2);
      assert.ok(waits[0]!.sinceMs >= waits[1]!.sinceMs, "the longest wait comes first");
      const table = await machine.run(["status", "--cluster", b.url]);
      assert.match(
        table.stdout.toString(),
        /waiting for +home +who +since\nlater +1 +client eau2-\d+.* \d+(\.\d)? m?s\n/,
      );
      await runJson(machine, ["put", "later", "--home", "1", "--cluster", a.url], { input: "now" });
      for (const waiter of [direct, around]) {
        const { code, stdout, stderr } = await waiter.finished();
        assert.deepEqual([code, stdout.toString(), stderr], [0, "now", ""]);
      }
      assert.deepEqual((await statusOf(machine, a)).waits, []);
    },
    LIMIT,
  );

  test(
    "the home of the key killed: the wait ends with PEER_GONE and exit code 1, through it or another node",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = (await machine.nodes(2)) as [TestNode, TestNode];
      const waiters = [startWait(machine, "never", 1, a), startWait(machine, "never", 1, b)];
      await waitsOnce(machine, a, 2);
      await b.process.kill();
      for (const waiter of waiters) {
        const { code, stdout, stderr } = await waiter.finished();
        assert.equal(code, 1, stderr);
        assert.match(stderr, /^eau2: .*\bb\b.*\(PEER_GONE\)\n$/);
        assert.equal(stdout.length, 0);
      }
      const { nodes, waits } = await statusOf(machine, a);
      assert.deepEqual([nodes[0]!.state, waits], ["up", []]);
    },
    LIMIT,
  );

  test(
    "a home that drains ends the waits for its keys with PEER_GONE too",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = (await machine.nodes(2)) as [TestNode, TestNode];
      const waiters = [startWait(machine, "never", 1, a), startWait(machine, "never", 1, b)];
      await waitsOnce(machine, a, 2);
      b.process.signal("SIGINT");
      assert.equal((await b.process.finished()).code, 0);
      for (const waiter of waiters) {
        const { code, stderr } = await waiter.finished();
        assert.equal(code, 1, stderr);
        assert.match(stderr, /\(PEER_GONE\)\n$/);
      }
    },
    LIMIT,
  );

  test(
    "links that break under a wait are made again, and the wait goes on",
    async () => {
      await using machine = new TestMachine();
      const [a] = (await machine.nodes(1)) as [TestNode];
      await using proxy = await BreakableProxy.to(a.address);
      const waiter = machine.eau2(["get", "later", "--wait", "--cluster", proxy.url]);
      await waitsOnce(machine, a, 1);
      proxy.cut(2);
      await until("it has tried in vain", () => (proxy.refused === 2 || waiter.hasEnded ? true : undefined));
      await runJson(machine, ["put", "later", "--cluster", a.url], { input: "found" });
      const { code, stdout, stderr } = await waiter.finished();
      assert.deepEqual([code, stdout.toString(), stderr], [0, "found", ""]);
    },
    LIMIT,
  );

  test(
    "ctrl-C ends a waiting command, and its wait with it",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = (await machine.nodes(2)) as [TestNode, TestNode];
      const waiter = startWait(machine, "never", 1, a);
      await waitsOnce(machine, a, 1);
      waiter.signal("SIGINT");
      const { code, signal } = await waiter.finished(5_000);
      assert.ok(signal === "SIGINT" || code === 130);
      assert.deepEqual(await waitsOnce(machine, b, 0), []);
    },
    LIMIT,
  );
});
