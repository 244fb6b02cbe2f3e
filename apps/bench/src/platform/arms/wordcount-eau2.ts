/** eau2 inside this process, with real worker threads. */
import { dirname } from "node:path";
import { open } from "@eau2/application";
import { serveParent } from "../child.js";
import { answerOfCounts, countWords, dropWords } from "../counted-words.js";
import { peakResidentBytes } from "../peak-memory.js";
import { SHARD_COUNT } from "../shard-count.js";
import { timed } from "../timed.js";
import type { CountHandlers } from "./wordcount-arm.js";

serveParent({
  run: async ({ file, warmUpFile }) => {
    await using eau2 = await open({ shards: SHARD_COUNT, dataRoots: [dirname(file), dirname(warmUpFile)] });
    await dropWords(eau2, await countWords(eau2, warmUpFile));
    const { result: counted, ms, cpuMs } = await timed(() => countWords(eau2, file));
    const { loadMs, countMs, phases } = counted;
    const peak = peakResidentBytes();
    return {
      ms,
      cpuMs,
      parts: { loadMs, countMs, ...Object.fromEntries(phases.map(({ name, ms }) => [`${name}Ms`, ms])) },
      peakResidentBytes: peak,
      answer: await answerOfCounts(eau2, counted),
    };
  },
} satisfies CountHandlers);
