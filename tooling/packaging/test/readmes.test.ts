/** Every package's README follows one pattern, and what it names exists. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { ERRORS } from "@eau2/protocol";
import { markdownSection, readmeExample, testSuite } from "@eau2/testing";
import { packageFolders, readManifest } from "../src/pack.js";

const SECTIONS = ["Use", "Promises", "Limits", "Errors", "Map", "Not here"];
/** Ten statements, as the formatter breaks them. */
const EXAMPLE_LINES_MAX = 34;

/** Cells of the rows of a section's table, without its head. */
const rowsOf = (readme: string, title: string): string[][] =>
  [...markdownSection(readme, title).matchAll(/^\| (.*) \|$/gm)]
    .slice(2)
    .map(([, row]) => row!.split("|").map((cell) => cell.trim()));

const codesIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

/** Codes that the sources of a package name in an error that they make. */
const codesMadeIn = (folder: URL): Set<string> => {
  const made = new Set<string>();
  for (const file of readdirSync(new URL("src/", folder), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const source = readFileSync(new URL(`src/${file}`, folder), "utf8").replaceAll(/^\s*(\*|\/\/|\/\*).*$/gm, "");
    for (const [, code] of source.matchAll(/new Eau2Error\(\s*"([A-Z0-9_]+)"/g)) made.add(code!);
  }
  return made;
};

for (const folder of packageFolders()) {
  const { name } = readManifest(folder);
  const readme = readFileSync(new URL("README.md", folder), "utf8");
  testSuite(`README of ${name}`, (test) => {
    test("begins with the name, a sentence and the packed size, and has all sections in order", () => {
      assert.match(readme, new RegExp(`^# ${name}\n\n[^\n]+\\.\n\nPacked: [\\d.]+ kB\\.\n\n## Use\n`));
      assert.deepEqual(
        [...readme.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
        SECTIONS,
      );
    });

    test("has a short example that uses the package", () => {
      const { code } = readmeExample(readme);
      const lines = code.split("\n").filter((line) => line.trim() !== "");
      assert.ok(lines.length <= EXAMPLE_LINES_MAX, `${lines.length} lines`);
      assert.match(code, new RegExp(`from "${name}"`));
    });

    test("names a test that exists for every promise, and files that exist in its map", () => {
      const promises = rowsOf(readme, "Promises");
      assert.ok(promises.length > 0);
      for (const [what, tests] of promises) {
        const paths = codesIn(tests!);
        assert.ok(paths.length > 0, what);
        for (const path of paths) {
          assert.match(path, /^test\/.*\.ts$/);
          assert.ok(existsSync(new URL(path, folder)), `${path}: no such file`);
        }
      }
      // A part of the map is a file or folder of src, a file in one, or several files with a star.
      const there = readdirSync(new URL("src/", folder)).map((entry) => `src/${entry}`);
      const mapped = rowsOf(readme, "Map").flatMap(([where]) => codesIn(where!));
      const isOf = (path: string, entry: string): boolean =>
        `${path}/`.startsWith(`${entry}/`) ||
        (path.includes("*") && entry.startsWith(path.slice(0, path.indexOf("*"))));
      for (const path of mapped)
        if (!path.includes("*")) assert.ok(existsSync(new URL(path, folder)), `${path}: no such file`);
      const unmapped = there.filter((entry) => !mapped.some((path) => isOf(path, entry)));
      assert.deepEqual(unmapped, ["src/index.ts"]);
    });

    test("lists the errors that the package makes, with the promise of their code about retries", () => {
      const listed = rowsOf(readme, "Errors").map(([code, , retry]) => [codesIn(code!)[0]!, retry!] as const);
      for (const [code, retry] of listed) {
        const traits = (ERRORS as Record<string, { retryable: boolean }>)[code];
        assert.ok(traits !== undefined, `${code} is no code`);
        assert.equal(retry, traits.retryable ? "yes" : "no", code);
      }
      const unlisted = [...codesMadeIn(folder)].filter((code) => !listed.some(([listedCode]) => listedCode === code));
      assert.deepEqual(unlisted, []);
    });
  });
}
