#!/usr/bin/env node
// pnpm soak [sim|fuzz|property|everywhere] [--seeds N]: what takes longer than CI may: new seeds for simulations, fuzzing
// and property tests, and the applications on larger inputs. The seeds are printed first and replay a failure; what is found
// becomes a regression test with its seed.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: "string", default: "2000" }, first: { type: "string" } },
});
const [what = "all"] = positionals;
const root = fileURLToPath(new URL("../../../", import.meta.url));
const seeds = Number(values.seeds);
const first = values.first === undefined ? randomInt(1, 2 ** 31) : Number(values.first);
if (!["all", "sim", "fuzz", "property", "everywhere"].includes(what) || !(seeds > 0) || !Number.isSafeInteger(first)) {
  console.error("usage: pnpm soak [sim|fuzz|property|everywhere] [--seeds N] [--first SEED]");
  process.exit(2);
}

const RUNS = {
  sim: {
    packages: ["packages/network", "packages/kvstore"],
    only: "simulation",
    env: { SIM_SEEDS: String(seeds), SIM_FIRST: String(first) },
  },
  fuzz: {
    packages: ["packages/serialization"],
    only: "fuzz",
    env: { FUZZ_RUNS: String(seeds * 100), FUZZ_SEED: String(first) },
  },
  property: {
    packages: ["packages/serialization", "packages/kvstore", "packages/dataframe", "packages/network"],
    only: "",
    env: { TEST_SEED: String(first) },
  },
  everywhere: {
    packages: ["apps/demo"],
    only: "everywhere/",
    env: { TEST_SEED: String(first), EVERYWHERE_SCALE: "20" },
  },
};

const runner = join(root, "tooling/testing/bin/test-package.mjs");
let failed = 0;
for (const [name, { packages, only, env }] of Object.entries(RUNS)) {
  if (what !== "all" && what !== name) continue;
  for (const folder of packages) {
    if (!existsSync(join(root, folder, "test"))) continue;
    const shown = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    console.log(`== ${name}: ${folder}, replay with ${shown.join(" ")}${only ? ` TEST_ONLY=${only}` : ""}`);
    const { status } = spawnSync(process.execPath, [runner], {
      cwd: join(root, folder),
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env, TEST_ONLY: only, TEST_FILE_LIMIT_MS: String(24 * 3_600_000), TEST_SOAK: "1" },
    });
    if (status !== 0) failed++;
  }
}
console.log(failed === 0 ? "soak: nothing found" : `soak: ${failed} runs failed; their seeds stand above`);
process.exitCode = failed === 0 ? 0 : 1;
