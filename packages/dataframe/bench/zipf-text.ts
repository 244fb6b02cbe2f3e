/** Text with a vocabulary as skewed as that of a language: word of rank r has weight 1 / r. Same seed, same bytes. */

const LETTERS = "etaoinshrdlcumwfgypbvkjxqz";

/** xorshift32 (Marsaglia, "Xorshift RNGs", 2003). */
const randomOf = (seed: number): (() => number) => {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

/** `count` distinct words; frequent ones are shorter, as in languages, and a running text has about 6.6 letters a word. */
const vocabularyOf = (count: number, random: () => number): Uint8Array[] => {
  const words = new Set<string>();
  while (words.size < count) {
    const length = 2 + Math.floor(Math.log2(words.size + 2) * 0.35 + random() * 4);
    let word = "";
    for (let i = 0; i < length; i++) word += LETTERS[Math.floor(random() ** 1.5 * LETTERS.length)];
    words.add(word);
  }
  const encoder = new TextEncoder();
  return [...words].map((word) => encoder.encode(word));
};

export interface ZipfTextOptions {
  readonly bytes: number;
  readonly vocabularySize?: number;
  readonly seed?: number;
}

/** About `bytes` bytes of words, twelve to a line. */
export const zipfText = ({ bytes, vocabularySize = 200_000, seed = 1 }: ZipfTextOptions): Uint8Array => {
  const random = randomOf(seed);
  const words = vocabularyOf(vocabularySize, random);
  const weights = new Float64Array(vocabularySize);
  let sum = 0;
  for (let rank = 0; rank < vocabularySize; rank++) weights[rank] = sum += 1 / (rank + 1);
  const text = new Uint8Array(bytes);
  let at = 0;
  for (let count = 1; ; count++) {
    const sought = random() * sum;
    let low = 0;
    let high = vocabularySize - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (weights[middle]! < sought) low = middle + 1;
      else high = middle;
    }
    const word = words[low]!;
    if (at + word.length + 1 > bytes) return text.subarray(0, at);
    text.set(word, at);
    at += word.length;
    text[at++] = count % 12 === 0 ? 10 : 32;
  }
};
