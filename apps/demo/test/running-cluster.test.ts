import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { statusOf } from "@eau2/node/test/harness/status.js";
import { runJson, TestMachine, type TestNode } from "@eau2/node/test/harness/test-machine.js";
import { testSuite } from "@eau2/testing";
import { runDemo, startDemo } from "./harness/demo.js";
import { oracle } from "./harness/oracle.js";
import { seededText } from "./harness/seeded-text.js";

const LIMIT = { timeoutMs: 60_000 };
const ARGS = ["--block-bytes", "4096", "--chunk-rows", "777"];

/** Three nodes that each read from a folder of their own. */
const nodesWithFolders = async (machine: TestMachine): Promise<{ node: TestNode; folder: string }[]> => {
  const started: { node: TestNode; folder: string }[] = [];
  for (const name of ["a", "b", "c"]) {
    const folder = join(machine.path, `data-${name}`);
    mkdirSync(folder);
    const join_ = started.length === 0 ? [] : ["--join", started[0]!.node.url];
    started.push({ node: await machine.node(name, ["--data-root", folder, ...join_]), folder });
  }
  return started;
};

testSuite("demo --cluster", (test) => {
  test(
    "a file that one node sees is sent to the others in part, whichever node is asked, and the answer is the same",
    async () => {
      await using machine = new TestMachine();
      const text = seededText(7, 300_000);
      const own = join(machine.path, "own.txt");
      writeFileSync(own, text);
      const alone = await runDemo(machine, [own, "--nodes", "1", ...ARGS]);
      assert.equal(alone.sha256, oracle(text).sha256);
      const nodes = await nodesWithFolders(machine);
      for (const [index, { folder }] of nodes.entries()) {
        const path = join(folder, "only-here.txt");
        writeFileSync(path, text);
        const asked = nodes[(index + 1) % nodes.length]!.node;
        const result = await runDemo(machine, [path, "--cluster", asked.url, ...ARGS]);
        assert.deepEqual(
          [result.nodes, result.sha256, result.frameSha256],
          [3, alone.sha256, alone.frameSha256],
          `file of ${index}`,
        );
        for (const [position, share] of result.shares.entries()) {
          assert.ok(share.blocks > 0);
          if (position === index) assert.equal(share.sentBytes, 0, "its own node reads it");
          else assert.ok(share.sentBytes >= share.bytes, "all of its blocks were sent to it");
        }
      }
      const shown = await startDemo(machine, [
        join(nodes[0]!.folder, "only-here.txt"),
        "--cluster",
        nodes[1]!.node.url,
      ]).finished();
      assert.match(shown.stdout.toString(), /^ {2}b .* KB sent to it$/m, shown.stderr);
    },
    LIMIT,
  );

  test(
    "a file outside every data root is DENIED, also behind a link out of one; one that is nowhere is FILE_MISSING",
    async () => {
      await using machine = new TestMachine();
      const nodes = await nodesWithFolders(machine);
      const { node, folder } = nodes[0]!;
      const outside = join(machine.path, "outside.txt");
      writeFileSync(outside, "not for you");
      symlinkSync(outside, join(folder, "link.txt"));
      for (const path of [outside, join(folder, "link.txt"), join(folder, "..", "outside.txt")]) {
        const { code, stdout, stderr } = await startDemo(machine, [path, "--cluster", node.url]).finished();
        assert.match(stderr, /^demo: read ".*": it is outside the node's data roots .*--data-root DIR.*\(DENIED\)\n$/);
        assert.deepEqual([code, stdout.length], [1, 0]);
      }
      const absent = await startDemo(machine, [join(folder, "absent.txt"), "--cluster", node.url]).finished();
      assert.match(
        absent.stderr,
        /absent\.txt": there is no such file.*other nodes do not see it either \(FILE_MISSING\)\n$/,
      );
      assert.equal(absent.code, 1);
    },
    LIMIT,
  );

  test(
    "nodes are left running and as they were: nothing of the demo stays in their memory",
    async () => {
      await using machine = new TestMachine();
      const nodes = await machine.nodes(2);
      const path = join(machine.path, "text.txt");
      // So many rows that they are spread over 32 partitions: many requests at a time.
      writeFileSync(path, "a b c d ".repeat(1_400_000));
      const results = [];
      for (let turn = 0; turn < 3; turn++) results.push(await runDemo(machine, [path, "--cluster", nodes[0]!.url]));
      assert.equal(new Set(results.map(({ frameSha256 }) => frameSha256)).size, 1);
      const { nodes: states } = await statusOf(machine, nodes[1]!);
      assert.deepEqual(
        states.map(({ state, bytes }) => [state, bytes]),
        [
          ["up", 0],
          ["up", 0],
        ],
      );
      const { ended } = await runJson<{ ended: string[] }>(machine, ["stop", "--cluster", nodes[0]!.url]);
      assert.equal(ended.length, 2);
      for (const { process } of nodes) {
        const { code, stderr } = await process.finished();
        assert.equal(code, 0);
        assert.doesNotMatch(stderr, /Warning|^\s+at /m, "Node.js has nothing to complain about");
      }
    },
    LIMIT,
  );

  test(
    "nobody there is said at once, with exit code 1",
    async () => {
      await using machine = new TestMachine();
      const [a] = await machine.nodes(1);
      await a!.process.kill();
      const { code, stderr } = await startDemo(machine, ["--cluster", a!.url]).finished(10_000);
      assert.match(stderr, /^demo: connect to .*: nobody listens there.*\(PEER_GONE\)\n$/);
      assert.equal(code, 1);
    },
    LIMIT,
  );
});
