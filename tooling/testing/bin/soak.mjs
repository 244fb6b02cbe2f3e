#!/usr/bin/env node
// pnpm soak [sim|query|fuzz|property|everywhere] [--seeds N] [--package NAME]: what takes longer than CI may: new seeds for
// simulations, queries, fuzzing and property tests, and the applications on larger inputs. The seeds are printed first and replay a
// failure; what is found becomes a regression test.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string" }, first: { type: "string" }, package: { type: "string" } },
});
const [what = "all"] = positionals;
const root = fileURLToPath(new URL("../../../", import.meta.url));
/** A whole node has the most to go wrong. */
const SEEDS = { "packages/application": 20_000 };
const SEEDS_OTHERWISE = 2_000;
const seedsOf = (folder) => Number(values.seeds ?? SEEDS[folder] ?? SEEDS_OTHERWISE);
const first = values.first === undefined ? randomInt(1, 2 ** 31) : Number(values.first);
const known = ["all", "sim", "query", "fuzz", "property", "everywhere"].includes(what);
if (!known || !(seedsOf("") > 0) || !Number.isSafeInteger(first)) {
  console.error("usage: pnpm soak [sim|query|fuzz|property|everywhere] [--seeds N] [--first SEED] [--package NAME]");
  process.exit(2);
}

/** Installed on the first run; without it the tests say what they leave out. */
const duckDbFolder = () => {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "eau2", "bench-peers");
  spawnSync(process.execPath, [join(root, "tooling/oracle/bin/install-duckdb.mjs"), folder], { stdio: "inherit" });
  return folder;
};

const RUNS = {
  sim: {
    packages: ["packages/application", "packages/network", "packages/kvstore"],
    only: "simulation",
    env: (seeds) => ({ SIM_SEEDS: String(seeds), SIM_FIRST: String(first) }),
  },
  // Queries on clusters, and on DuckDB, against the reference.
  query: {
    packages: ["packages/application", "tooling/oracle"],
    only: "agrees",
    env: (seeds) => ({ SIM_SEEDS: String(seeds), SIM_FIRST: String(first), EAU2_DUCKDB: duckDbFolder() }),
  },
  fuzz: {
    packages: ["packages/serialization"],
    only: "fuzz",
    env: (seeds) => ({ FUZZ_RUNS: String(seeds * 100), FUZZ_SEED: String(first) }),
  },
  property: {
    packages: ["packages/serialization", "packages/kvstore", "packages/dataframe", "packages/network"],
    only: "",
    env: () => ({ TEST_SEED: String(first) }),
  },
  everywhere: {
    packages: ["apps/demo"],
    only: "everywhere/",
    env: () => ({ TEST_SEED: String(first), EVERYWHERE_SCALE: "20" }),
  },
};

const runner = join(root, "tooling/testing/bin/test-package.mjs");
let runs = 0;
let failed = 0;
for (const [name, { packages, only, env: envFor }] of Object.entries(RUNS)) {
  if (what !== "all" && what !== name) continue;
  for (const folder of packages) {
    if (values.package !== undefined && !folder.endsWith(`/${values.package}`)) continue;
    const env = envFor(seedsOf(folder));
    if (!existsSync(join(root, folder, "test"))) continue;
    const shown = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    console.log(`== ${name}: ${folder}, replay with ${shown.join(" ")}${only ? ` TEST_ONLY=${only}` : ""}`);
    const { status } = spawnSync(process.execPath, [runner], {
      cwd: join(root, folder),
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env, TEST_ONLY: only, TEST_FILE_LIMIT_MS: String(24 * 3_600_000), TEST_SOAK: "1" },
    });
    runs++;
    if (status !== 0) failed++;
  }
}
if (runs === 0) console.log(`soak: there is nothing to run for ${what} of --package ${values.package}`);
else console.log(failed === 0 ? "soak: nothing found" : `soak: ${failed} runs failed; their seeds stand above`);
process.exitCode = runs > 0 && failed === 0 ? 0 : 1;
