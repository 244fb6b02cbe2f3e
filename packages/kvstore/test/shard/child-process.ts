import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WorkerEntry } from "../../src/platform/shard-worker.js";

/**
 * Runs a fixture in a process of its own: a heap that is exhausted may take the process with it, and one that leaves a
 * thread or a timer behind does not end.
 */
export const runFixture = (
  file: string,
  { url, workerData }: WorkerEntry,
): Promise<{ readonly exitCode: number | null; readonly output: string }> =>
  new Promise((resolve) => {
    const path = fileURLToPath(new URL(`fixtures/${file}`, import.meta.url));
    const entry = JSON.stringify({ url: url.href, workerData });
    // The flags of this process bring the TypeScript loader.
    const child = spawn(process.execPath, [...process.execArgv, path, entry], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });

/** In that process: the worker's entry. */
export const entryFromArguments = (): WorkerEntry => {
  const { url, workerData } = JSON.parse(process.argv[2]!);
  return { url: new URL(url), workerData };
};
