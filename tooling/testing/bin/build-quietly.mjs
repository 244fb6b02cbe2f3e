/**
 * Builds what is not built yet, before a command of the repo runs: without a word when there is nothing to do, with one
 * line when it takes a while, and with all that was said when it fails. Commands in several terminals build one after
 * another: two builds at once would read each other's half-written files. Its arguments are turbo's: `--filter=NAME` builds
 * a package and what it needs.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const lock = join(root, "node_modules", ".eau2-build.lock");
const ASK_EVERY_MS = 100;
const SPEAK_AFTER_MS = 1_500;

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** @returns whether the lock is ours now. */
const tryLock = () => {
  try {
    const file = openSync(lock, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  let holder;
  try {
    holder = Number(readFileSync(lock, "utf8"));
  } catch {
    return false; // let go just now
  }
  // Empty: its holder is about to write.
  if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
  return false;
};

const speak = setTimeout(() => process.stderr.write("building eau2 ...\n"), SPEAK_AFTER_MS);
mkdirSync(dirname(lock), { recursive: true });
while (!tryLock()) await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
process.on("exit", () => rmSync(lock, { force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));

const turbo = join(root, "node_modules", "turbo", "bin", "turbo");
const flags = ["--output-logs=errors-only", "--log-prefix=none", ...process.argv.slice(2)];
const build = spawn(process.execPath, [turbo, "run", "build", ...flags], {
  cwd: root,
  stdio: ["ignore", "pipe", "pipe"],
});
const said = [];
build.stdout.on("data", (bytes) => said.push(bytes));
build.stderr.on("data", (bytes) => said.push(bytes));
const code = await new Promise((resolve) => build.on("close", resolve));
clearTimeout(speak);
if (code !== 0) process.stderr.write(Buffer.concat(said));
process.exit(code ?? 1);
