import type { Log } from "@eau2/network";
import type { LogLevel } from "./config.js";

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Lines on standard error: standard output belongs to what was asked for. */
export const logger = (level: LogLevel, write: (line: string) => void): Log => {
  const least = RANK[level];
  return (of, message) => {
    if (RANK[of] >= least) write(`${new Date().toISOString()} ${of.padEnd(5)} ${message}\n`);
  };
};
