/**
 * The four applications on clusters of 1, 2, 3, 5 and 8 node processes of 1 and 2 shards, in three chunk sizes: the numbers
 * that are known, and the same bytes everywhere. A cluster grows from one size to the next, and the programs share a process
 * on each node: starting processes is what would take the time.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleModule, type Eau2, open } from "@eau2/application";
import { TestMachine, type TestNode } from "@eau2/node/test/harness/test-machine.js";
import { seedFromEnv, testSuite } from "@eau2/testing";
import { closedForm, generatedShape } from "../../src/linus/generated.js";
import { type LinusOptions, loadFiles, putGenerated } from "../../src/linus-app.js";
import { printCheckArgs } from "../../src/programs/check-args.js";
import type { LinusArgs } from "../../src/programs/linus.js";
import { readResult } from "../../src/programs/result.js";
import { countWords } from "../../src/wordcount.js";
import type { ProgramRun } from "./all-programs.js";
import { type Inputs, writeInputs } from "./inputs.js";
import { Same } from "./same.js";

const NODE_COUNTS = [1, 2, 3, 5, 8];
const SHARD_COUNTS = [1, 2];
const LIMIT = { timeoutMs: 240_000 };
const ALL_PROGRAMS = fileURLToPath(new URL("./all-programs.ts", import.meta.url));

/** `pnpm soak everywhere` takes larger inputs, in larger pieces. */
const SCALE = Number(process.env.EVERYWHERE_SCALE ?? 1);
const TEXT_BYTES = 150_000 * SCALE;
/** Small enough that each of 16 shards reads several. */
const BLOCK_BYTES = 4_096 * SCALE;
const GENERATED_STAGES = SCALE === 1 ? 5 : 7;
/** Those of the closed form, and some of strangers. */
const GENERATED_COMMITS = Math.ceil(1.1 * generatedShape(GENERATED_STAGES).commitCount);
/** Three each; the last one is the default. Chunks do not reach beyond a block, so those of files are small. */
const CHUNK_ROWS = {
  files: [60 * SCALE, 170 * SCALE, undefined],
  arrays: [7_001, 30_000, undefined],
} as const;
type Size = 0 | 1 | 2;
const SIZES: readonly Size[] = [0, 1, 2];

const seed = seedFromEnv(20_260_801);
const same = new Same(`TEST_SEED=${seed}`);

/** A cluster in one of its sizes. */
interface Layout {
  readonly eau2: Eau2;
  readonly nodeCount: number;
  readonly shardCount: number;
  readonly where: string;
}

const countWordsOn = async ({ eau2, nodeCount, shardCount, where }: Layout, { texts }: Inputs): Promise<void> => {
  for (const { name, path, expected } of texts)
    for (const chunkRows of CHUNK_ROWS.files) {
      const options = { chunkRows, blockBytes: BLOCK_BYTES, top: 10 };
      const { answer, frames, load } = await countWords(eau2, [path], options, []);
      const { words, distinct, sha256 } = expected;
      assert.deepEqual([answer.words, answer.distinct, answer.sha256], [words, distinct, sha256], name);
      same.value(name, answer, where);
      assert.equal(load.shares.length, nodeCount * shardCount);
      const blockCount = load.shares.reduce((sum, { blocks }) => sum + blocks, 0);
      assert.equal(blockCount, Math.ceil(answer.bytes / BLOCK_BYTES), "blocks depend on the input alone");
      // Few blocks are too few for all: neighbours are read together.
      if (blockCount >= 2 * load.shares.length)
        for (const { rows, home } of load.shares) assert.ok(rows > 0, `shard ${home} read nothing`);
      await same.frame(`${name}, words`, chunkRows, frames[0]!, where);
      await same.frame(`${name}, counts`, chunkRows, frames[1]!, where);
      for (const { key } of [...frames].reverse()) await eau2.dropFrame(key);
    }
};

/** A program to run, what it must leave as its result, and the frames under its prefix. */
interface Asked extends ProgramRun {
  readonly name: string;
  readonly chunkRows: number | undefined;
  readonly prefix: string;
  readonly result: object;
  readonly frames: readonly string[];
}

/** The programs in one chunk size, with their data in place. */
const prepare = async ({ eau2, nodeCount }: Layout, { linus }: Inputs, size: Size) => {
  /** Keys are written once: every run has its own. */
  const called = (name: string, chunkRows: number | undefined) => ({
    name,
    title: `${name} in chunks of ${chunkRows}`,
    chunkRows,
    prefix: `${nodeCount}/${name}/${chunkRows}`,
  });
  const check = (program: "trivial" | "summarizer", sum: number, frame: string): Asked => {
    const naming = called(program, CHUNK_ROWS.arrays[size]);
    return { ...naming, program, args: printCheckArgs(naming), result: { ok: true, sum }, frames: [frame] };
  };
  const reach = async (
    name: string,
    chunkRows: number | undefined,
    stages: readonly object[],
    frames: readonly string[],
    put: (prefix: string, cut: LinusOptions) => Promise<LinusArgs>,
  ): Promise<Asked> => {
    const naming = called(name, chunkRows);
    const args = await put(naming.prefix, { chunkRows, blockBytes: BLOCK_BYTES });
    return { ...naming, program: "linus", args: [naming.prefix, JSON.stringify(args)], result: { stages }, frames };
  };
  const asked: Asked[] = [check("trivial", 0, "triv"), check("summarizer", 4_999_950_000, "main")];
  for (const { name, folder, stages, start } of linus) {
    const degrees = stages.length;
    const load = (prefix: string, cut: LinusOptions) => loadFiles(eau2, prefix, folder, { ...cut, start, degrees });
    asked.push(await reach(name, CHUNK_ROWS.files[size], stages, ["projects", "users", "commits"], load));
  }
  // Arrays in three sizes are above, linus in three sizes too.
  if (size !== 0) return asked;
  const shape = generatedShape(GENERATED_STAGES, GENERATED_COMMITS);
  const generate = (prefix: string, cut: LinusOptions) => putGenerated(eau2, prefix, GENERATED_STAGES, shape, cut);
  asked.push(await reach("linus", CHUNK_ROWS.arrays[size], closedForm(GENERATED_STAGES), ["commits"], generate));
  return asked;
};

const runProgramsOn = async (layout: Layout, inputs: Inputs, module: Uint8Array): Promise<void> => {
  const { eau2, nodeCount, where } = layout;
  const asked: Asked[] = [];
  for (const size of SIZES) asked.push(...(await prepare(layout, inputs, size)));
  const printed: string[] = [];
  const { code, error, nodes } = await eau2.runProgram(module, {
    name: "all-programs.ts",
    args: [JSON.stringify(asked.map(({ title, program, args }): ProgramRun => ({ title, program, args })))],
    onOutput: ({ text }) => void printed.push(text),
  });
  assert.deepEqual([error, code, nodes.length], [undefined, 0, nodeCount], where);
  same.value("what programs print", printed.sort(), where);
  for (const { name, title, prefix, chunkRows, result, frames } of asked) {
    const { ms, ...found } = (await readResult(eau2.store, prefix)) as { readonly ms?: number };
    assert.deepEqual(found, result, `${title} on ${where}`);
    for (const frame of frames) {
      await same.frame(`${name}/${frame}`, chunkRows, await eau2.frame(`${prefix}/${frame}`), where);
      await eau2.drop(`${prefix}/${frame}`);
    }
  }
};

testSuite("demo: the same everywhere", (test) => {
  for (const shardCount of SHARD_COUNTS)
    test(
      `word count, trivial, summarizer and linus on 1, 2, 3, 5 and 8 nodes of ${shardCount} shards, in three chunk sizes`,
      async () => {
        await using machine = new TestMachine();
        const inputs = await writeInputs(machine.path, seed, TEXT_BYTES);
        const module = await bundleModule(ALL_PROGRAMS, { verb: "run", exports: ["run", "default"] });
        const roots = [
          machine.path,
          ...inputs.linus.map(({ folder }) => folder),
          ...inputs.texts.map(({ path }) => dirname(path)),
        ];
        const flags = [
          "--shards",
          String(shardCount),
          "--allow-run",
          ...[...new Set(roots)].flatMap((root) => ["--data-root", root]),
        ];
        const nodes: TestNode[] = [await machine.node("a", flags)];
        const [first] = nodes as [TestNode];
        await using eau2 = await open(first.url, { tokenFile: join(machine.path, ".eau2", "token") });
        for (const nodeCount of NODE_COUNTS) {
          const names = Array.from({ length: nodeCount - nodes.length }, (_, index) => `n${nodes.length + index}`);
          nodes.push(...(await Promise.all(names.map((name) => machine.node(name, [...flags, "--join", first.url])))));
          const where = `${nodeCount} nodes of ${shardCount} shards`;
          const layout = { eau2, nodeCount, shardCount, where };
          assert.equal((await eau2.store.homes()).length, nodeCount * shardCount);
          await countWordsOn(layout, inputs);
          await runProgramsOn(layout, inputs, module);
        }
      },
      LIMIT,
    );

  test("the bytes do tell chunk sizes apart", () => {
    for (const what of ["seeded text, words", "trivial/triv", "summarizer/main", "linus on files/commits"])
      assert.equal(same.distinct(new RegExp(`^${what} in chunks of`)), SIZES.length, what);
  });
});
