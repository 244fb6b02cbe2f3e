/** Word count with eau2: file to a stored frame of words, then to a stored frame of counts. */
import type { Eau2 } from "@eau2/application";
import { type Answer, answerOf } from "./answer.js";

type FrameKey = Awaited<ReturnType<Eau2["loadText"]>>["key"];

export interface CountedWords {
  readonly loadMs: number;
  readonly countMs: number;
  readonly words: FrameKey;
  readonly counts: FrameKey;
  /** Time of each phase inside, for profiling. */
  readonly phases: readonly { readonly name: string; readonly ms: number }[];
}

export const countWords = async (eau2: Eau2, file: string): Promise<CountedWords> => {
  const startMs = performance.now();
  const loaded = await eau2.loadText([file]);
  const loadedMs = performance.now();
  const counted = await eau2.countValues(loaded.key, "word");
  const endMs = performance.now();
  return {
    loadMs: loadedMs - startMs,
    countMs: endMs - loadedMs,
    words: loaded.key,
    counts: counted.key,
    phases: [...loaded.report.phases, ...counted.report.phases],
  };
};

/** Reads the counts out; not part of what is timed. */
export const answerOfCounts = async (eau2: Eau2, { counts }: CountedWords): Promise<Answer> => {
  const pairs: [string, number][] = [];
  const frame = await eau2.frame(counts);
  for await (const { rowCount, columns } of frame.chunks()) {
    const [word, count] = columns;
    for (let row = 0; row < rowCount; row++) pairs.push([String(word!.get(row)), Number(count!.get(row))]);
  }
  return answerOf(pairs);
};

/** The counts refer to the dictionary of the words: it goes with the last of the two. */
export const dropWords = async (eau2: Eau2, { words, counts }: CountedWords): Promise<void> => {
  await eau2.dropFrame(counts);
  await eau2.dropFrame(words);
};
