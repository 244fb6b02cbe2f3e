import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Eau2, open } from "@eau2/application";
import { statusOf } from "@eau2/node/test/harness/status.js";
import { runJson, TestMachine, type TestNode } from "@eau2/node/test/harness/test-machine.js";
import { until } from "@eau2/node/test/harness/until.js";
import { testSuite } from "@eau2/testing";
import { runDemo, startDemo } from "./harness/demo.js";
import { oracle } from "./harness/oracle.js";
import { largeText, seededText } from "./harness/seeded-text.js";

const LIMIT = { timeoutMs: 120_000 };
/** Few, so that there are many chunks: loading goes on for seconds after the first blocks were read, on any machine. */
const CHUNK_ROWS = "200";
const TYPED = /\((NODE_GONE|PEER_GONE|CHUNK_LOST)\)\n$/;

const connect = (machine: TestMachine, node: TestNode): Promise<Eau2> =>
  open(node.url, { tokenFile: join(machine.path, ".eau2", "token") });

/** The nodes that were not killed answer, hold values and count words as before. */
const assertLiveOn = async (machine: TestMachine, nodes: readonly TestNode[]): Promise<void> => {
  const text = seededText(9, 100_000);
  const path = join(machine.path, "again.txt");
  writeFileSync(path, text);
  for (const node of nodes) {
    const key = ["after", "--home", String(node.shards[0]), "--cluster", nodes[0]!.url];
    await runJson(machine, ["put", ...key], { input: node.id });
    assert.equal((await machine.run(["get", ...key])).stdout.toString(), node.id);
  }
  await until("the dead node is out of the cluster", async () => {
    const states = (await statusOf(machine, nodes[0]!)).nodes.map(({ state }) => state);
    return states.filter((state) => state === "up").length === nodes.length && states.includes("gone")
      ? true
      : undefined;
  });
  const { sha256, nodes: count } = await runDemo(machine, [path, "--cluster", nodes[0]!.url]);
  assert.deepEqual([sha256, count], [oracle(text).sha256, nodes.length]);
};

testSuite("demo: a node killed on the way", (test) => {
  // a is asked, runs the job and is master; c only reads and holds.
  for (const victimName of ["c", "a"]) {
    test(
      `kill -9 of node ${victimName} while a text is loaded ends the demo with an error that names it; the others live on`,
      async () => {
        await using machine = new TestMachine();
        const nodes = await machine.nodes(3);
        const victim = nodes.find(({ id }) => id === victimName)!;
        const others = nodes.filter((node) => node !== victim);
        const path = join(machine.path, "large.txt");
        writeFileSync(path, largeText(3, 24));
        await using eau2 = await connect(machine, others[0]!);
        const demo = startDemo(machine, [path, "--cluster", nodes[0]!.url, "--chunk-rows", CHUNK_ROWS]);
        await until("the victim has read blocks", async () => {
          const { nodes: states } = await eau2.status();
          return states.find(({ id }) => id === victim.id)!.bytes > 0 || demo.hasEnded ? true : undefined;
        });
        assert.equal(demo.hasEnded, false, `the text is too short for this machine: ${demo.stderr}`);
        await victim.process.kill();
        const { code, stdout, stderr } = await demo.finished();
        assert.match(stderr, TYPED);
        assert.match(stderr, new RegExp(`\\bnode ${victim.id}\\b`), "it names the node");
        assert.deepEqual([code, stdout.length], [1, 0]);
        await assertLiveOn(machine, others);
      },
      LIMIT,
    );
  }

  test(
    "kill -9 of a node while words are counted ends the count with an error that names it; the others live on",
    async () => {
      await using machine = new TestMachine();
      const nodes = await machine.nodes(3);
      const [a, b, c] = nodes as [TestNode, TestNode, TestNode];
      const path = join(machine.path, "text.txt");
      writeFileSync(path, largeText(4, 16));
      await using eau2 = await connect(machine, a);
      const { key, report } = await eau2.loadText([path], {});
      assert.equal(report.rowCount, oracle(readFileSync(path)).words);
      let killed: Promise<void> | undefined;
      const counting = eau2.countValues(key, "word", {
        onProgress: () => {
          killed ??= c.process.kill();
        },
      });
      await assert.rejects(counting, (error: { code: string; message: string }) => {
        assert.match(error.code, /^(NODE_GONE|PEER_GONE|CHUNK_LOST)$/);
        assert.match(error.message, /\bnode c\b/);
        return true;
      });
      assert.ok(killed !== undefined, "the count had begun");
      await killed;
      await assertLiveOn(machine, [a, b]);
    },
    LIMIT,
  );
});
