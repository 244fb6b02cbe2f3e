/**
 * A copy of this workspace to type into, as a fresh clone would be: nothing is installed, and what is built comes from
 * turbo's cache. So what is typed may make apps and change the lockfile.
 */
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const LEFT_OUT = ["node_modules", "dist", ".git", ".turbo", ".test-counts", ".work"];

export const copyWorkspace = (into: string): void =>
  cpSync(ROOT, into, { recursive: true, filter: (path) => !LEFT_OUT.includes(basename(path)) });

/** All worktrees of a repository share one. */
const turboCache = (): string => {
  const git = spawnSync("git", ["rev-parse", "--path-format=absolute", "--git-common-dir"], { cwd: ROOT });
  return join(git.status === 0 ? dirname(git.stdout.toString().trim()) : ROOT, ".turbo", "cache");
};

/** Variables of who runs the tests that must not reach a reader's terminal. */
const FOREIGN = /^(EAU2_|npm_|pnpm_|TURBO_|XDG_STATE_HOME$|INIT_CWD$|CI$|FORCE_COLOR$|NODE_OPTIONS$)/;

/** What a reader's terminal has: a home of its own, but the package managers' stores of this one. */
export const readersEnvironment = (home: string): NodeJS.ProcessEnv => ({
  XDG_DATA_HOME: join(homedir(), ".local", "share"),
  XDG_CACHE_HOME: join(homedir(), ".cache"),
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))),
  HOME: home,
  npm_config_cache: process.env.npm_config_cache ?? join(homedir(), ".npm"),
  npm_config_update_notifier: "false",
  pnpm_config_prefer_offline: "true",
  TURBO_CACHE_DIR: process.env.TURBO_CACHE_DIR ?? turboCache(),
  TURBO_TELEMETRY_DISABLED: "1",
  NO_COLOR: "1",
});
