/**
 * Text with a vocabulary as skewed as that of a language: the word of rank r has weight 1 / r, frequent words are shorter.
 * Same seed, same bytes, on every machine: only integer operations, and +, x, / of floats, decide what comes next.
 * Words are a to z; one space or one newline stands between two, lines have 5 to 30 words.
 */

const VOCABULARY_SIZE = 200_000;
const LINE_WORDS_MIN = 5;
const LINE_WORDS_MAX = 30;
const LETTERS = "etaoinshrdlcumwfgypbvkjxqz";
const SPACE = 32;
const NEWLINE = 10;

/** xorshift32 (Marsaglia, "Xorshift RNGs", 2003): 1 to 2^32 - 1. */
const randomOf = (seed: number): (() => number) => {
  let state = Math.imul(seed, 0x9e3779b9) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
};

const below = (random: () => number, limit: number): number => Math.floor((random() / 2 ** 32) * limit);

/** Distinct words, most frequent first, as one buffer and the offset of each (and of the end). */
const vocabularyOf = (size: number, random: () => number): { bytes: Uint8Array; offsets: Uint32Array } => {
  const words = new Set<string>();
  while (words.size < size) {
    const rankBits = 32 - Math.clz32(words.size + 1);
    const length = 1 + ((rankBits * 3) >> 3) + below(random, 4);
    let word = "";
    // The smaller of two draws: common letters come first in LETTERS.
    for (let at = 0; at < length; at++) {
      word += LETTERS[Math.min(below(random, LETTERS.length), below(random, LETTERS.length))];
    }
    words.add(word);
  }
  const offsets = new Uint32Array(size + 1);
  let end = 0;
  let index = 0;
  for (const word of words) offsets[++index] = end += word.length;
  return { bytes: new TextEncoder().encode([...words].join("")), offsets };
};

/**
 * Draws from weights in constant time: each of n slots belongs to two ranks, `keep[slot]` is the share of the first.
 * @see Walker, "An efficient method for generating discrete random variables", 1977; Vose, 1991.
 */
const aliasTableOf = (weights: Float64Array): { keep: Float64Array; other: Uint32Array } => {
  const { length } = weights;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const keep = weights.map((weight) => (weight * length) / sum);
  const other = new Uint32Array(length);
  const small: number[] = [];
  const large: number[] = [];
  for (let rank = 0; rank < length; rank++) (keep[rank]! < 1 ? small : large).push(rank);
  while (small.length > 0 && large.length > 0) {
    const less = small.pop()!;
    const more = large.at(-1)!;
    other[less] = more;
    keep[more]! -= 1 - keep[less]!;
    if (keep[more]! < 1) small.push(large.pop()!);
  }
  for (const rank of [...small, ...large]) keep[rank] = 1; // what rounding has left over
  return { keep, other };
};

export class ZipfText {
  readonly #random: () => number;
  readonly #words: { bytes: Uint8Array; offsets: Uint32Array };
  readonly #alias: { keep: Float64Array; other: Uint32Array };
  #nextWord: number;
  #wordsLeftInLine: number;

  constructor(
    seed: number,
    readonly vocabularySize = VOCABULARY_SIZE,
  ) {
    this.#random = randomOf(seed);
    this.#words = vocabularyOf(vocabularySize, this.#random);
    this.#alias = aliasTableOf(Float64Array.from({ length: vocabularySize }, (_, rank) => 1 / (rank + 1)));
    this.#nextWord = this.#draw();
    this.#wordsLeftInLine = this.#lineWords();
  }

  /**
   * Writes words, each with its separator, until the next does not fit; the next call goes on with that one. So the text
   * is the same however it is cut.
   * @returns bytes written.
   */
  fill(block: Uint8Array): number {
    const { bytes, offsets } = this.#words;
    let at = 0;
    for (;;) {
      const start = offsets[this.#nextWord]!;
      const end = offsets[this.#nextWord + 1]!;
      if (at + end - start + 1 > block.length) return at;
      for (let from = start; from < end; from++) block[at++] = bytes[from]!;
      if (--this.#wordsLeftInLine === 0) {
        block[at++] = NEWLINE;
        this.#wordsLeftInLine = this.#lineWords();
      } else block[at++] = SPACE;
      this.#nextWord = this.#draw();
    }
  }

  #draw(): number {
    const { keep, other } = this.#alias;
    const slot = below(this.#random, this.vocabularySize);
    return this.#random() / 2 ** 32 < keep[slot]! ? slot : other[slot]!;
  }

  #lineWords(): number {
    return LINE_WORDS_MIN + below(this.#random, LINE_WORDS_MAX - LINE_WORDS_MIN + 1);
  }
}
