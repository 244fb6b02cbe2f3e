import { createHash } from "node:crypto";
import type { DataFrame } from "@eau2/dataframe";

export interface WordCounts {
  readonly words: number;
  readonly distinct: number;
  /** sha256 of `word TAB count NEWLINE` in byte order of the words. */
  readonly sha256: string;
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const summed = (counts: ReadonlyMap<string, number>): WordCounts => {
  const hash = createHash("sha256");
  let words = 0;
  let lines: string[] = [];
  for (const word of [...counts.keys()].sort(byBytes)) {
    const count = counts.get(word)!;
    words += count;
    lines.push(`${word}\t${count}\n`);
    if (lines.length < 10_000) continue;
    hash.update(lines.join(""), "latin1");
    lines = [];
  }
  hash.update(lines.join(""), "latin1");
  return { words, distinct: counts.size, sha256: hash.digest("hex") };
};

/** What counting must yield: ten lines that share no code with the product. One character is one byte. */
export const wordOracle = (...files: readonly Buffer[]): WordCounts => {
  const counts = new Map<string, number>();
  for (const file of files) {
    for (const word of file.toString("latin1").split(/[ \t\n\v\f\r]+/)) {
      if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return summed(counts);
};

/** The same of a frame of a text column and `count`. */
export const countsOf = async (frame: DataFrame): Promise<WordCounts> => {
  const counts = new Map<string, number>();
  for await (const { rowCount, columns } of frame.chunks()) {
    for (let row = 0; row < rowCount; row++) {
      const word = Buffer.from(columns[0]!.bytesAt(row)!).toString("latin1");
      if (counts.has(word)) throw new Error(`"${word}" is counted in two places`);
      counts.set(word, columns[1]!.get(row) as number);
    }
  }
  return summed(counts);
};

/** sha256 of all chunk and dictionary bytes of the frames, in frame order. */
export const frameDigest = async (...frames: readonly DataFrame[]): Promise<string> => {
  const hash = createHash("sha256");
  for (const frame of frames) {
    const { chunks, dictionaries } = frame.record;
    for (const { key, rowCount } of chunks) {
      hash.update(`chunk of ${rowCount} rows\n`);
      hash.update(await frame.bytesOf(key));
    }
    for (const dictionary of dictionaries) {
      hash.update(dictionary === null ? "no dictionary\n" : `dictionary of ${dictionary.size}\n`);
      if (dictionary !== null) hash.update(await frame.bytesOf(dictionary.key));
    }
  }
  return hash.digest("hex");
};
