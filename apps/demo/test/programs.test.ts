/** Trivial, summarizer and linus on real nodes: the numbers that are known, on every cluster. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestMachine } from "@eau2/node/test/harness/test-machine.js";
import { notRun, testSuite } from "@eau2/testing";
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
    "the summarizer succeeds on 1, 2, 3 and 5 nodes",
    async () => {
      await using machine = new TestMachine();
      for (const [nodes, shards] of [
        [1, 2],
        [2, 1],
        [3, 1],
        [5, 1],
      ]) {
        const { ok, sum } = await json(machine, ["summarizer", "--nodes", String(nodes), "--shards", String(shards)]);
        assert.deepEqual([ok, sum], [true, 4_999_950_000], `${nodes} nodes`);
      }
    },
    LIMIT,
  );

  test(
    "linus finds the closed form on 1, 2, 3, 5 and 8 nodes, whatever the chunks",
    async () => {
      await using machine = new TestMachine();
      for (const [nodes, shards, chunkRows] of [
        [1, 1, 262_144],
        [2, 2, 777],
        [3, 1, 5_000],
        [5, 1, 777],
        [8, 1, 5_000],
      ]) {
        const args = ["--nodes", String(nodes), "--shards", String(shards), "--chunk-rows", String(chunkRows)];
        const { stages } = await json(machine, ["linus", "--generate", "5", "--commits", "100000", ...args]);
        assert.deepEqual(stages, closedForm(5), `${nodes} nodes of ${shards} shards`);
      }
    },
    LIMIT,
  );

  test(
    "linus on files: small ones, and the extracts whose numbers are known",
    async () => {
      await using machine = new TestMachine();
      const folder = join(machine.path, "data");
      mkdirSync(folder);
      const rows = (count: number) => Array.from({ length: count }, (_, id) => `<${id}> <"name ${id}">\n`).join("");
      writeFileSync(join(folder, "projects.ltgt"), rows(3));
      writeFileSync(join(folder, "users.ltgt"), rows(4));
      // 0 and 1 share project 0, 1 and 2 share project 1, nobody else; project 9 is none.
      writeFileSync(
        join(folder, "commits.ltgt"),
        "<0> <0> <3>\n<0> <1> <3>\n<1> <1> <3>\n<1> <2> <3>\n<9> <3> <0>\n<9> <0> <0>\n",
      );
      const { stages } = await json(machine, [
        "linus",
        "--data",
        folder,
        "--start",
        "0",
        "--degrees",
        "2",
        "--nodes",
        "2",
      ]);
      assert.deepEqual(stages, [
        { stage: 0, projects: 1, users: 2 },
        { stage: 1, projects: 2, users: 3 },
      ]);
      const shared = process.env.EAU2_SHARED;
      if (shared === undefined) return notRun("linus on the extracts", "EAU2_SHARED is not set");
      const extracts = join(shared, "data");
      assert.ok(existsSync(join(extracts, "commits.ltgt")));
      const known = (await json(machine, ["linus", "--data", extracts])).stages as {
        projects: number;
        users: number;
      }[];
      assert.deepEqual([known.length, known.at(-1)!.projects, known.at(-1)!.users], [4, 11, 168]);
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
