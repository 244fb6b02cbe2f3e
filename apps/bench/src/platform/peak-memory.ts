import { readFileSync } from "node:fs";

/**
 * Largest resident memory of this process so far, in bytes. On Linux from the kernel's high-water mark: `maxRSS` would
 * also count what the parent had before this program was loaded.
 */
export const peakResidentBytes = (): number => {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    if (match !== null) return Number(match[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
};
