import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Pairs of process and parent, of all processes. */
const parents = (): (readonly [number, number])[] => {
  if (process.platform !== "linux")
    return execFileSync("ps", ["-A", "-o", "pid=,ppid="])
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // "pid (command) state ppid ...", and a command may hold anything.
        const text = readFileSync(`/proc/${name}/stat`, "utf8");
        const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
        return [[Number(name), Number(fields[1])] as const];
      } catch {
        return []; // it has ended
      }
    });
};

/** Those that one of these has started. */
export const childrenOf = (...pids: readonly number[]): number[] =>
  parents()
    .filter(([, parent]) => pids.includes(parent))
    .map(([child]) => child);

export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
