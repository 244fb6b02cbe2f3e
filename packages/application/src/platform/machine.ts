import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { NODE_SHARDS_MAX } from "@eau2/protocol";

/** Share of the machine's memory that values may take by default. */
const MEMORY_SHARE = 0.25;

const limitOf = (file: string): number => {
  try {
    const bytes = Number(readFileSync(file, "utf8").trim());
    return Number.isFinite(bytes) && bytes > 0 ? bytes : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY; // no such control group
  }
};

/** A quarter of what the machine or its control group has, in bytes. */
export const defaultMemoryBytes = (): number => {
  const limits = [
    totalmem(),
    limitOf("/sys/fs/cgroup/memory.max"),
    limitOf("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
  ];
  return Math.floor(Math.min(...limits) * MEMORY_SHARE);
};

/** One shard for each core that this process may use, as far as a node may have so many. */
export const defaultShardCount = (): number => Math.min(availableParallelism(), NODE_SHARDS_MAX);
