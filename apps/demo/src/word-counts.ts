/** What the demo reads out of the two frames: all words with their counts, and digests that are the same on every cluster. */
import { createHash } from "node:crypto";
import type { DataFrame } from "@eau2/dataframe";

export interface WordCount {
  readonly word: Uint8Array;
  readonly count: number;
}

/** Every row of a frame of counts, in frame order. */
export const readCounts = async (counts: DataFrame): Promise<WordCount[]> => {
  const all: WordCount[] = [];
  for await (const { columns, rowCount } of counts.chunks()) {
    const [word, count] = columns;
    for (let row = 0; row < rowCount; row++) all.push({ word: word!.bytesAt(row)!, count: count!.get(row) as number });
  }
  return all;
};

/** The most frequent words; of equal ones those that come first in the frame. */
export const topCounts = (all: readonly WordCount[], limit: number): WordCount[] =>
  all
    .map((entry, index) => ({ entry, index }))
    .sort((a, b) => b.entry.count - a.entry.count || a.index - b.index)
    .slice(0, limit)
    .map(({ entry }) => entry);

/** sha256 over `word\tcount\n` in byte order of the words. */
export const digestCounts = (all: readonly WordCount[]): string => {
  const hash = createHash("sha256");
  for (const { word, count } of [...all].sort((a, b) => Buffer.compare(a.word, b.word))) {
    hash.update(word);
    hash.update(`\t${count}\n`);
  }
  return hash.digest("hex");
};

/** sha256 over the bytes of chunks and dictionaries of the frames, in frame order. */
export const digestFrames = async (frames: readonly DataFrame[]): Promise<string> => {
  const hash = createHash("sha256");
  for (const frame of frames) {
    const { chunks, dictionaries } = frame.record;
    for (const { key } of chunks) hash.update(await frame.bytesOf(key));
    for (const dictionary of dictionaries) if (dictionary !== null) hash.update(await frame.bytesOf(dictionary.key));
  }
  return hash.digest("hex");
};
