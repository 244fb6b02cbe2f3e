#!/usr/bin/env node
// Builds and tests every package, one at a time, then adds up the counts. The last line is "N passed, N failed".
// A package whose manifest has a `test` script must leave counts: silence is a failure.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const packages = ["packages", "apps", "tooling"].flatMap((group) =>
  readdirSync(join(root, group))
    .map((name) => join(group, name))
    .filter((folder) => existsSync(join(root, folder, "package.json"))),
);
const tested = packages.filter((folder) => {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  return manifest.scripts?.test !== undefined;
});
for (const folder of tested) rmSync(join(root, folder, ".test-counts"), { recursive: true, force: true });

const turbo = join(root, "node_modules", ".bin", "turbo");
const run = (args) => spawnSync(turbo, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).status ?? 1;
// Arguments go to turbo: `--filter ./packages/*` tests a part.
const selection = process.argv.slice(2);
const built = run(["run", "build", "--output-logs=errors-only", "--log-prefix=none"]);
const testArgs = ["run", "test", "--only", "--concurrency=1", "--continue", "--output-logs=full", "--log-prefix=none"];
const status = built === 0 ? run([...testArgs, ...selection]) : built;

let passed = 0;
let failed = 0;
for (const folder of tested) {
  if (selection.length > 0 && !existsSync(join(root, folder, ".test-counts"))) continue;
  const file = join(root, folder, ".test-counts", "total.json");
  const count = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  if (count === undefined || count.passed + count.failed === 0) {
    console.log(`${folder}: no counts: the suite did not run`);
    failed++;
    continue;
  }
  console.log(`${folder}: ${count.passed} passed, ${count.failed} failed in ${count.files} files`);
  passed += count.passed;
  failed += count.failed;
}
if (status !== 0 && failed === 0) failed++;
const { EAU2_TEST_TOTALS } = process.env;
if (EAU2_TEST_TOTALS) writeFileSync(join(EAU2_TEST_TOTALS, `${process.pid}.json`), JSON.stringify({ passed, failed }));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
