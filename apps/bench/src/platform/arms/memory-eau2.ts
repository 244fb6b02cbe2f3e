/** eau2 embedded: loads, counts and drops again and again, and tells what stays resident. */
import { dirname } from "node:path";
import { type Eau2, open } from "@eau2/application";
import { serveParent } from "../child.js";
import { countWords, dropWords } from "../counted-words.js";
import { SHARD_COUNT } from "../shard-count.js";

let eau2: Eau2 | undefined;

const handlers = {
  /** @returns resident bytes of this process once everything is dropped */
  loadAndDrop: async ({ file }: { file: string }) => {
    eau2 ??= await open({ shards: SHARD_COUNT, dataRoots: [dirname(file)] });
    await dropWords(eau2, await countWords(eau2, file));
    return process.memoryUsage.rss();
  },
};

export type MemoryHandlers = typeof handlers;

serveParent(handlers, async () => eau2?.close());
