import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestMachine } from "@eau2/node/test/harness/test-machine.js";
import { notRun, testSuite } from "@eau2/testing";
import { runDemo } from "./harness/demo.js";
import { oracle } from "./harness/oracle.js";

/** Texts known to everybody (Canterbury corpus and a list of words), with their words and different words. */
const TEXTS = [
  ["asyoulik.txt", 22_960, 5_317],
  ["plrabn12.txt", 80_163, 16_858],
  ["words-100k.txt", 10_000, 463],
] as const;

const shared = process.env.EAU2_SHARED;
const folder = shared ? join(shared, "data") : undefined;

testSuite("demo: texts whose counts are known", (test) => {
  test("the texts are named by EAU2_SHARED, or left out", () => {
    if (folder === undefined) notRun("texts whose counts are known", "EAU2_SHARED is not set");
    else
      for (const [name] of TEXTS)
        assert.ok(existsSync(join(folder, name)), `${name} is not in the data folder of EAU2_SHARED`);
  });
  if (folder === undefined) return;
  for (const [name, words, distinct] of TEXTS)
    test(`${name} has ${words} words, ${distinct} different`, async () => {
      await using machine = new TestMachine();
      const path = join(folder, name);
      const result = await runDemo(machine, [path, "--nodes", "3", "--block-bytes", "65536"]);
      assert.deepEqual([result.words, result.distinct], [words, distinct]);
      assert.equal(result.sha256, oracle(readFileSync(path)).sha256);
    });
});
