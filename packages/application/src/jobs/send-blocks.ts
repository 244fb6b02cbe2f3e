import { indexOfDelimiter } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import type { JobContext, JobShard } from "./job.js";
import type { BlockRun } from "./plan-runs.js";

/** How much further to look for the end of a run's last token, at first. */
const TAIL_BYTES = 64 * 1024;

/**
 * Sends the bytes of a run to a shard whose node does not see the file: straight to where they are needed, as a value of
 * the store. One byte before the run tells whether its first token is its own; what follows its end up to the next
 * delimiter is the rest of its last one.
 */
export const sendBlocks = async (
  run: BlockRun,
  path: string,
  fileBytes: number,
  mode: "words" | "lines",
  shard: JobShard,
  context: JobContext,
): Promise<{ key: Key; start: number; bytes: number }> => {
  const start = Math.max(0, run.blocks[0]!.start - 1);
  const end = run.blocks.at(-1)!.end;
  const file = await context.files.openForSending(path, fileBytes);
  try {
    const own = await file.read(start, end);
    const parts = [own];
    // A run in the middle of a giant token owns none, and needs no end of one.
    const beginsToken = start === 0 || indexOfDelimiter(own, mode) >= 0;
    // The last token may be whole already; a delimiter behind it does no harm.
    for (let at = end, step = TAIL_BYTES; beginsToken && at < fileBytes; step *= 2) {
      const part = await file.read(at, Math.min(fileBytes, at + step));
      const delimiter = indexOfDelimiter(part, mode);
      parts.push(delimiter < 0 ? part : part.subarray(0, delimiter + 1));
      if (delimiter >= 0) break;
      at += part.length;
    }
    const bytes = Buffer.concat(parts);
    const key = new Key(`x/${context.id}/b/${run.index}`, shard.home);
    await context.store.put(key, bytes, { signal: context.signal, timeoutMs: null });
    return { key, start, bytes: bytes.length };
  } finally {
    await file.close();
  }
};
