#!/usr/bin/env node
// Builds and tests every package, then adds up the counts. The last line is "N passed, N failed". The suites of packages,
// which start no cluster of processes, run two at a time; those of apps and tooling, which do, run one at a time.
// `test-all.mjs units` tests a part, `--filter @eau2/protocol` one package (repeatable).
// A package whose manifest has a `test` script must leave counts: silence is a failure.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const LANES = {
  units: { groups: ["packages"], concurrency: 2 },
  processes: { groups: ["apps", "tooling"], concurrency: 1 },
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { filter: { type: "string", multiple: true } },
});
const unknown = positionals.find((lane) => !(lane in LANES));
if (unknown !== undefined) {
  console.error(`usage: pnpm test [${Object.keys(LANES).join(" | ")}] [--filter @eau2/NAME]; there is no "${unknown}"`);
  process.exit(2);
}
const chosen = positionals.length > 0 ? positionals : Object.keys(LANES);
const suitesOf = (lane) =>
  LANES[lane].groups
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
    .filter((folder) => {
      const file = join(root, folder, "package.json");
      const manifest = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
      return manifest.scripts?.test !== undefined && (values.filter ?? [manifest.name]).includes(manifest.name);
    });
const tested = chosen.flatMap(suitesOf);
if (tested.length === 0) {
  console.error(
    `no package is called ${values.filter.join(" or ")}; write a name as in its package.json, like @eau2/protocol`,
  );
  process.exit(2);
}
for (const folder of tested) rmSync(join(root, folder, ".test-counts"), { recursive: true, force: true });

const turbo = join(root, "node_modules", ".bin", "turbo");
const run = (args) => spawnSync(turbo, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).status ?? 1;
const TEST = ["run", "test", "--only", "--continue", "--output-logs=full", "--log-prefix=none", "--log-order=grouped"];
const testLane = (lane) => {
  const suites = suitesOf(lane);
  if (suites.length === 0) return 0;
  return run([...TEST, `--concurrency=${LANES[lane].concurrency}`, ...suites.map((folder) => `--filter=./${folder}`)]);
};
let status = run(["run", "build", "--output-logs=errors-only", "--log-prefix=none"]);
if (status === 0) for (const lane of chosen) status = testLane(lane) || status;

let passed = 0;
let failed = 0;
for (const folder of tested) {
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
