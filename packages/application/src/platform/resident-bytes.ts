import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

const KIBIBYTE = 1024;

/** The resident memory of a process; undefined when it has gone, or the system does not say. */
export const residentBytes = (pid: number): Promise<number | undefined> =>
  process.platform === "linux" ? fromProc(pid) : fromPs(pid);

const fromProc = async (pid: number): Promise<number | undefined> => {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, "utf8"));
    return match === null ? undefined : Number(match[1]) * KIBIBYTE;
  } catch {
    return undefined;
  }
};

const fromPs = (pid: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, text) => {
      const kibibytes = Number(text.trim());
      resolve(error !== null || !(kibibytes > 0) ? undefined : kibibytes * KIBIBYTE);
    });
  });
