/**
 * The example of a README, run as a reader would run it. Its lines say what they print:
 *
 *     console.log(1 + 1); // prints 2
 *
 * and the lines of standard output must be exactly those, in that order.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fencedBlocks, markdownSection } from "./markdown.js";
import { testSuite } from "./test-suite.js";

export interface ReadmeExample {
  readonly code: string;
  /** Lines of standard output. */
  readonly prints: readonly string[];
}

const RUN_LIMIT_MS = 30_000;

/** The first block of JavaScript below `## Use`. Throws when there is none, or when it prints nothing that could be checked. */
export const readmeExample = (readme: string): ReadmeExample => {
  const code = fencedBlocks(markdownSection(readme, "Use")).find(({ info }) => info === "js")?.text;
  assert.ok(code !== undefined, "no block of js below ## Use");
  const prints = [...code.matchAll(/\/\/ prints (.*)$/gm)].map((match) => match[1]!);
  assert.ok(prints.length > 0, "the example says nowhere what it prints");
  return { code, prints };
};

/**
 * Runs the example as a file of `folder`, which decides what the names of packages mean, and compares what it prints.
 * @param folder - with a slash at the end.
 */
export const assertExample = ({ code, prints }: ReadmeExample, folder: URL): void => {
  mkdirSync(folder, { recursive: true });
  const file = new URL("readme-example.mjs", folder);
  writeFileSync(file, code);
  const { FORCE_COLOR: _, ...env } = process.env;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(file)], {
    cwd: fileURLToPath(folder),
    encoding: "utf8",
    env,
    timeout: RUN_LIMIT_MS,
  });
  assert.equal(status, 0, `the example ended with ${signal ?? status}:\n${stdout}${stderr}`);
  assert.equal(stderr, "");
  assert.deepEqual(stdout.trimEnd().split("\n"), prints);
};

/**
 * The suite that each package runs on its own README, against its build and those below it.
 * @param folder - of the package, with a slash at the end.
 */
export const readmeSuite = (folder: URL): void =>
  testSuite("README", (test) => {
    test("the example runs and prints what it says", () => {
      const example = readmeExample(readFileSync(new URL("README.md", folder), "utf8"));
      // A folder inside the package, so that the package's own name works, and one that git ignores.
      assertExample(example, new URL(".test-counts/", folder));
    });
  });
