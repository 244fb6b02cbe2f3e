import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));

/** Runs the command as `pnpm bench` does; everything it keeps goes to `cache`. */
export const bench = (cache: string, ...args: string[]) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...process.execArgv, main, ...args], {
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: cache },
  });
  return { stdout, stderr, status };
};

/** What it prints with `--json`. */
export const benchJson = <Printed = Record<string, unknown>>(cache: string, ...args: string[]): Printed => {
  const { stdout, stderr, status } = bench(cache, ...args, "--json");
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
};

export const isPositive = (value: unknown): boolean => typeof value === "number" && value > 0;
