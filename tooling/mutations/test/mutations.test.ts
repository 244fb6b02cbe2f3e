/**
 * Tests of the tests: each patch breaks the product on purpose in a copy of its package, and the suites named here must
 * catch it. A patch that no longer applies fails, so it cannot rot.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { applyPatch } from "diff";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const runner = join(root, "tooling", "testing", "bin", "test-package.mjs");

interface Mutation {
  readonly patch: string;
  readonly folder: string;
  /** Part of the paths of the test files that must catch it. */
  readonly tests: string;
  /** Smaller than usual, so that it is quick. */
  readonly env?: Readonly<Record<string, string>>;
}

const MUTATIONS: readonly Mutation[] = [
  { patch: "no-checksum-on-receive", folder: "packages/serialization", tests: "wire/" },
  { patch: "slab-range-freed-before-its-epoch", folder: "packages/kvstore", tests: "slab/" },
  { patch: "word-lost-at-a-cut", folder: "packages/dataframe", tests: "text/scan-block" },
  { patch: "guess-of-a-row-not-checked", folder: "packages/dataframe", tests: "tasks/csv-pipeline" },
  {
    patch: "program-outlives-its-coordinator",
    folder: "packages/application",
    tests: "simulation/random-history",
    env: { SIM_SEEDS: "20" },
  },
];

/** A copy of one package that uses the dependencies of the original. */
const copyPackage = (folder: string, into: string): string => {
  const from = join(root, folder);
  const to = join(into, folder);
  mkdirSync(to, { recursive: true });
  for (const name of ["src", "test", "package.json", "tsconfig.json"])
    cpSync(join(from, name), join(to, name), { recursive: true });
  symlinkSync(join(from, "node_modules"), join(to, "node_modules"));
  return to;
};

const readPatch = (name: string): { file: string; text: string } => {
  const text = readFileSync(new URL(`../patches/${name}.patch`, import.meta.url), "utf8");
  const file = /^\+\+\+ b\/(\S+)$/m.exec(text)?.[1];
  assert.ok(file !== undefined, `${name}.patch names no file`);
  return { file, text };
};

const runTests = (folder: string, { tests, env }: Mutation): { status: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [runner], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...env, TEST_ONLY: tests, EAU2_TEST_COUNTS: "" },
  });
  return { status, output: stdout + stderr };
};

testSuite("mutations", (test) => {
  for (const mutation of MUTATIONS) {
    const { patch, folder, tests } = mutation;
    test(
      `${patch} is caught by ${folder}/test/${tests}`,
      () => {
        using copy = temporaryFolder();
        const target = copyPackage(folder, copy.path);
        const { file, text } = readPatch(patch);
        const original = readFileSync(join(root, file), "utf8");
        const patched = applyPatch(original, text, { fuzzFactor: 0 });
        assert.ok(
          patched !== false && patched !== original,
          `${patch}.patch no longer applies to ${file}: write it anew`,
        );

        const before = runTests(target, mutation);
        assert.equal(before.status, 0, `the copy must pass before it is broken:\n${before.output.slice(-4000)}`);
        writeFileSync(join(copy.path, file), patched);
        const after = runTests(target, mutation);
        assert.notEqual(after.status, 0, `nobody noticed ${patch}`);
        assert.match(after.output, /failed: /, "a test failed, not the harness");
      },
      { timeoutMs: 280_000 },
    );
  }
});
