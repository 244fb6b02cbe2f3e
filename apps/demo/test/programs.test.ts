/** Trivial, summarizer and linus on real nodes: as commands with nodes of their own. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestMachine } from "@eau2/node/test/harness/test-machine.js";
import { testSuite } from "@eau2/testing";
import { closedForm } from "../src/linus/generated.js";
import { startDemo } from "./harness/demo.js";

const LIMIT = { timeoutMs: 240_000 };

const json = async (machine: TestMachine, args: readonly string[]): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await startDemo(machine, [...args, "--json"]).finished();
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout.toString().trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
};

testSuite("demo: the original's applications", (test) => {
  test(
    "trivial reads its doubles back, and subtracts them to 0",
    async () => {
      await using machine = new TestMachine();
      const { ms, ...result } = await json(machine, ["trivial"]);
      assert.deepEqual(result, { app: "trivial", nodes: 1, shards: 1, ok: true, sum: 0 });
      assert.ok(Number.isInteger(ms));
    },
    LIMIT,
  );

  test(
    "the summarizer says SUCCESS on three nodes, whatever the chunks",
    async () => {
      await using machine = new TestMachine();
      const { ms, ...result } = await json(machine, ["summarizer", "--chunk-rows", "7777"]);
      assert.deepEqual(result, { app: "summarizer", nodes: 3, shards: 1, ok: true, sum: 4_999_950_000 });
      assert.ok(Number.isInteger(ms));
      const { code, stdout, stderr } = await startDemo(machine, ["summarizer", "--nodes", "1"]).finished();
      assert.equal(code, 0, stderr);
      assert.match(stdout.toString(), /^summarizer on 1 node of 1 shard: SUCCESS, sum 4,999,950,000, \d+ ms\n$/);
      assert.equal(stderr, "[node-1] SUCCESS\n");
    },
    LIMIT,
  );

  test(
    "linus finds the closed form of what it generates",
    async () => {
      await using machine = new TestMachine();
      const args = ["--generate", "5", "--commits", "100000", "--nodes", "2", "--shards", "2", "--chunk-rows", "777"];
      const { stages } = await json(machine, ["linus", ...args]);
      assert.deepEqual(stages, closedForm(5));
    },
    LIMIT,
  );

  test(
    "linus on files: who commits alone is not reached, a project or author that is missing or unknown leads nowhere",
    async () => {
      await using machine = new TestMachine();
      const folder = join(machine.path, "data");
      mkdirSync(folder);
      const rows = (count: number) => Array.from({ length: count }, (_, id) => `<${id}> <"name ${id}">\n`).join("");
      writeFileSync(join(folder, "projects.ltgt"), rows(3));
      writeFileSync(join(folder, "users.ltgt"), rows(4));
      // 0 and 1 share project 0, 1 and 2 share project 1, nobody else; project 9 is none.
      const shared = "<0> <0> <3>\n<0> <1> <3>\n<1> <1> <3>\n<1> <2> <3>\n<9> <3> <0>\n<9> <0> <0>\n";
      writeFileSync(join(folder, "commits.ltgt"), `${shared}<2> <> <0>\n<> <0> <1>\n<> <3> <1>\n`);
      const args = ["--data", folder, "--start", "0", "--degrees", "2", "--nodes", "1"];
      const { stages } = await json(machine, ["linus", ...args]);
      assert.deepEqual(stages, [
        { stage: 0, projects: 1, users: 2 },
        { stage: 1, projects: 2, users: 3 },
      ]);
    },
    LIMIT,
  );

  test("linus wants to know on what", async () => {
    await using machine = new TestMachine();
    const { code, stderr } = await startDemo(machine, ["linus"]).finished();
    assert.equal(code, 2);
    assert.match(stderr, /either --generate STAGES or --data DIR \(USAGE\)/);
  });
});
