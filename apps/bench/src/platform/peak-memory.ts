import { readFileSync, writeFileSync } from "node:fs";

/**
 * Largest resident memory so far of a process, this one if none is named, in bytes. On Linux from the kernel's high-water
 * mark: `maxRSS` would also count what the parent had before this program was loaded.
 */
export const peakResidentBytes = (processId: number | "self" = "self"): number => {
  try {
    return statusBytes(processId, "VmHWM");
  } catch {
    // Not Linux.
    return process.resourceUsage().maxRSS * 1024;
  }
};

/** Resident memory of another process now; 0 where that cannot be read. */
export const residentBytes = (processId: number): number => {
  try {
    return statusBytes(processId, "VmRSS");
  } catch {
    return 0;
  }
};

/** From here on the peak counts anew, where the system can do that (Linux). */
export const forgetPeak = (processId: number): void => {
  try {
    writeFileSync(`/proc/${processId}/clear_refs`, "5");
  } catch {
    // The peak is then that of the whole life of the process.
  }
};

const statusBytes = (processId: number | "self", line: string): number => {
  const status = readFileSync(`/proc/${processId}/status`, "utf8");
  return Number(new RegExp(`^${line}:\\s+(\\d+) kB$`, "m").exec(status)![1]) * 1024;
};
