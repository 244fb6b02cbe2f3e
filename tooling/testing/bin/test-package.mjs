#!/usr/bin/env node
// Runs test/**/*.test.ts of the package in the working directory, one process a file, one after another.
// A file that exits non-zero, passes its time limit or leaves no counts fails. TEST_ONLY=part-of-a-path narrows it down.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FILE_LIMIT_MS = Number(process.env.TEST_FILE_LIMIT_MS ?? 300_000);
const tsx = import.meta.resolve("tsx");
const only = process.env.TEST_ONLY ?? "";
const nodeBinary = process.env.EAU2_TEST_NODE ?? process.execPath;
const counts = join(process.cwd(), ".test-counts");
rmSync(counts, { recursive: true, force: true });
mkdirSync(counts, { recursive: true });

const files = existsSync("test")
  ? readdirSync("test", { recursive: true })
      .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules") && file.includes(only))
      .sort()
  : [];

const runFile = (file, countsFile) =>
  new Promise((resolve) => {
    const child = spawn(nodeBinary, ["--import", tsx, "--enable-source-maps", join("test", file)], {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        EAU2_TEST_COUNTS: countsFile,
        EAU2_TOOLING: fileURLToPath(new URL("..", import.meta.url)),
      },
    });
    const timer = setTimeout(() => {
      console.error(`${file} passed its limit of ${FILE_LIMIT_MS} ms and was ended`);
      child.kill("SIGKILL");
    }, FILE_LIMIT_MS);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve(code ?? signal);
    });
  });

let passed = 0;
let failed = 0;
for (const file of files) {
  const countsFile = join(counts, `${file.replaceAll(/[\\/]/g, "--")}.json`);
  const started = Date.now();
  const code = await runFile(file, countsFile);
  const count = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, "utf8")) : { passed: 0, failed: 0 };
  // A file that ended badly, or without counts, is one failure even if each of its tests passed.
  const bad = count.failed === 0 && (code !== 0 || count.passed === 0) ? 1 : 0;
  passed += count.passed;
  failed += count.failed + bad;
  console.log(
    `${file}: ${count.passed} passed, ${count.failed + bad} failed, ${Date.now() - started} ms, exit ${code}`,
  );
}
writeFileSync(join(counts, "total.json"), JSON.stringify({ files: files.length, passed, failed }));
process.exitCode = failed === 0 && files.length > 0 ? 0 : 1;
