/** What one would write first: `readline` and a `Map`, on one thread. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { answerOf } from "../answer.js";
import { serveParent } from "../child.js";
import { peakResidentBytes } from "../peak-memory.js";
import { timed } from "../timed.js";
import type { CountHandlers } from "./wordcount-arm.js";

const countWords = (file: string): Promise<Map<string, number>> =>
  new Promise((resolve, reject) => {
    const counts = new Map<string, number>();
    createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
      // Listening is several times faster than `for await` over the lines.
      .on("line", (line) => {
        for (const word of line.split(" ")) if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
      })
      .on("error", reject)
      .on("close", () => resolve(counts));
  });

serveParent({
  run: async ({ file, warmUpFile }) => {
    await countWords(warmUpFile);
    const { result: counts, ms, cpuMs } = await timed(() => countWords(file));
    return { ms, cpuMs, parts: {}, peakResidentBytes: peakResidentBytes(), answer: answerOf(counts) };
  },
} satisfies CountHandlers);
