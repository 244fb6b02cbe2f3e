/** What a word count found, small enough to compare: every word and every count goes into the digest. */
import { createHash } from "node:crypto";

export interface Answer {
  readonly wordCount: number;
  readonly distinct: number;
  /** sha256 over `word\tcount\n` in byte order of the words. */
  readonly digest: string;
}

/** @param counts - distinct words; generated words are ASCII, so the order of strings is the order of bytes. */
export const answerOf = (counts: Iterable<readonly [word: string, count: number]>): Answer => {
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash("sha256");
  let wordCount = 0;
  for (const [word, count] of sorted) {
    hash.update(`${word}\t${count}\n`);
    wordCount += count;
  }
  return { wordCount, distinct: sorted.length, digest: hash.digest("hex") };
};

export const sameAnswer = (a: Answer, b: Answer): boolean => a.digest === b.digest;
