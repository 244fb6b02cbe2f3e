#!/usr/bin/env node
// Builds and tests every package, then adds up the counts. The last line is "N passed, N failed". The suites of apps and
// tooling, which start clusters of processes, run one at a time; beside them, one at a time, those of packages, which do not.
// EAU2_TEST_NEWER_NODE=PATH runs the suites of packages once more with that Node.
// A package whose manifest has a `test` script must leave counts: silence is a failure.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const { EAU2_TEST_TOTALS, EAU2_TEST_NEWER_NODE } = process.env;

const turbo = (args, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(join(root, "node_modules", ".bin", "turbo"), args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    child.once("close", (code) => resolve(code ?? 1));
  });

const testedIn = (groups) =>
  groups
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
    .filter((folder) => {
      const manifest = join(root, folder, "package.json");
      return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).scripts?.test !== undefined;
    });

const TEST = ["run", "test", "--only", "--concurrency=1", "--continue", "--output-logs=full", "--log-prefix=none"];

/** Tests the packages of some folders. @returns a line for each of them, and the sums. */
const testAll = async (groups, where, env) => {
  const folders = testedIn(groups);
  for (const folder of folders) rmSync(join(root, folder, ".test-counts"), { recursive: true, force: true });
  const status = await turbo([...TEST, "--log-order=grouped", ...groups.map((group) => `--filter=./${group}/*`)], env);
  const result = { lines: [], passed: 0, failed: 0 };
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

const units = async () => {
  const results = [await testAll(["packages"], "")];
  if (EAU2_TEST_NEWER_NODE)
    results.push(await testAll(["packages"], " on the newer Node", { EAU2_TEST_NODE: EAU2_TEST_NEWER_NODE }));
  return results;
};

const built = await turbo(["run", "build", "--output-logs=errors-only", "--log-prefix=none"]);
const results =
  built === 0
    ? (await Promise.all([units(), testAll(["apps", "tooling"], "")])).flat()
    : [{ lines: ["the build failed"], passed: 0, failed: 1 }];
for (const { lines } of results) for (const line of lines) console.log(line);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const [passed, failed] = [sum("passed"), sum("failed")];
if (EAU2_TEST_TOTALS) writeFileSync(join(EAU2_TEST_TOTALS, `${process.pid}.json`), JSON.stringify({ passed, failed }));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
