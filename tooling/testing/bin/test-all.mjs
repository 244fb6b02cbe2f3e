#!/usr/bin/env node
// Builds and tests every package, or those of `--filter @eau2/NAME` (repeatable), then adds up the counts. The last line is
// "N passed, N failed". Suites that start clusters of processes run one at a time; beside them, one at a time, those that do
// not. EAU2_TEST_NEWER_NODE=PATH runs the suites of packages once more with that Node.
// A package whose manifest has a `test` script must leave counts: silence is a failure.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const { EAU2_TEST_TOTALS, EAU2_TEST_NEWER_NODE } = process.env;
const { values: flags } = parseArgs({ options: { filter: { type: "string", multiple: true } } });

const turbo = (args, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(join(root, "node_modules", ".bin", "turbo"), args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    child.once("close", (code) => resolve(code ?? 1));
  });

const suitesIn = (groups) =>
  groups
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
    .filter((folder) => {
      const file = join(root, folder, "package.json");
      const manifest = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
      return manifest.scripts?.test !== undefined && (flags.filter ?? [manifest.name]).includes(manifest.name);
    });

const units = suitesIn(["packages"]);
const others = suitesIn(["apps", "tooling"]);
const startsClusters = (folder) => folder.startsWith("apps") || folder === join("tooling", "guide");
const processes = others.filter(startsClusters);
const tools = others.filter((folder) => !startsClusters(folder));
if (units.length + others.length === 0) {
  console.error(
    `no package is called ${flags.filter.join(" or ")}; write a name as in its package.json: @eau2/protocol`,
  );
  process.exit(2);
}

const TEST = ["run", "test", "--only", "--concurrency=1", "--continue", "--output-logs=full", "--log-prefix=none"];

/** @returns a line for each of the suites, and the sums. */
const test = async (folders, where = "", env = {}) => {
  const result = { lines: [], passed: 0, failed: 0 };
  if (folders.length === 0) return result;
  for (const folder of folders) rmSync(join(root, folder, ".test-counts"), { recursive: true, force: true });
  const status = await turbo([...TEST, "--log-order=grouped", ...folders.map((folder) => `--filter=./${folder}`)], env);
  for (const folder of folders) {
    const file = join(root, folder, ".test-counts", "total.json");
    const count = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
    if (count === undefined || count.passed + count.failed === 0) {
      result.lines.push(`${folder}${where}: no counts: the suite did not run`);
      result.failed++;
      continue;
    }
    const { passed, failed, files } = count;
    result.lines.push(`${folder}${where}: ${passed} passed, ${failed} failed in ${files} files`);
    result.passed += passed;
    result.failed += failed;
  }
  if (status !== 0 && result.failed === 0) result.failed++;
  return result;
};

/** What a seed finds does not depend on the version: all of them have run before. */
const NEWER = { EAU2_TEST_NODE: EAU2_TEST_NEWER_NODE, SIM_SEEDS: "30" };

const testUnits = async () => {
  const results = [await test([...units, ...tools])];
  if (EAU2_TEST_NEWER_NODE) results.push(await test(units, " on the newer Node", NEWER));
  return results;
};

const built = await turbo(["run", "build", "--output-logs=errors-only", "--log-prefix=none"]);
const results =
  built === 0
    ? (await Promise.all([testUnits(), test(processes)])).flat()
    : [{ lines: ["the build failed"], passed: 0, failed: 1 }];
for (const { lines } of results) for (const line of lines) console.log(line);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const [passed, failed] = [sum("passed"), sum("failed")];
if (EAU2_TEST_TOTALS) writeFileSync(join(EAU2_TEST_TOTALS, `${process.pid}.json`), JSON.stringify({ passed, failed }));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
