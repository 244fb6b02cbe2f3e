import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, testSuite } from "../src/index.js";

const wrapper = new URL("../src/index.ts", import.meta.url).href;
const tsx = import.meta.resolve("tsx");

/** Runs a test file with the given body in a process of its own. */
const runFile = (body: string): { exitCode: number | null; counts: unknown } => {
  using folder = temporaryFolder();
  const file = join(folder.path, "sample.test.mts");
  const counts = join(folder.path, "counts.json");
  writeFileSync(file, `import { testSuite } from ${JSON.stringify(wrapper)};\n${body}`);
  const { status } = spawnSync(process.execPath, ["--import", tsx, file], {
    env: { ...process.env, EAU2_TEST_COUNTS: counts },
  });
  return { exitCode: status, counts: existsSync(counts) ? JSON.parse(readFileSync(counts, "utf8")) : undefined };
};

testSuite("testSuite", (test) => {
  test("a passing test exits 0 and is counted", () => {
    const { exitCode, counts } = runFile(`testSuite("s", (test) => test("t", () => {}));`);
    assert.deepEqual({ exitCode, counts }, { exitCode: 0, counts: { passed: 1, failed: 0 } });
  });
  test("a failing test exits 1, whatever it throws", () => {
    const { exitCode, counts } = runFile(`testSuite("s", (test) => test("t", () => { throw "text"; }));`);
    assert.deepEqual({ exitCode, counts }, { exitCode: 1, counts: { passed: 0, failed: 1 } });
  });
  test("a file that defines no test fails", () => {
    assert.equal(runFile("void testSuite;").exitCode, 1);
  });
  test("a test that never ends fails: the process may run out of work first, or the limit is reached", () => {
    const never = `testSuite("s", (test) => test("t", () => new Promise(() => {}), { timeoutMs: 100 }));`;
    assert.equal(runFile(never).exitCode, 1);
  });
  test("a process that exits early inside a test fails", () => {
    assert.equal(runFile(`testSuite("s", (test) => test("t", () => process.exit(0)));`).exitCode, 1);
  });
});
