const ALPHABETS = ["etaoinshrdlu", "ETAOIN", "äöüßéè", "日本語の", "🦊🐙", "0123456789-'"];
const SPACES = [" ", " ", " ", " ", "\n", "  ", "\t", "\r\n"];

/** Numbers below a limit from a seed (xorshift32, Marsaglia 2003). */
const randomFrom = (seed: number): ((limit: number) => number) => {
  let state = (seed ^ 0x9e37_79b9) | 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * limit);
  };
};

/** At least this many bytes of words of several scripts, frequent and rare ones; the same for a seed. */
export const seededText = (seed: number, bytesMin: number): Buffer => {
  const below = randomFrom(seed);
  const word = () => {
    const letters = [...ALPHABETS[below(ALPHABETS.length)]!];
    return Array.from({ length: 1 + below(9) }, () => letters[below(letters.length)]!).join("");
  };
  const vocabulary = Array.from({ length: 6_000 }, word);
  const parts: string[] = [];
  for (let bytes = 0; bytes < bytesMin; ) {
    // Squared twice: the first words of the vocabulary are met most.
    const share = (below(1_000_000) / 1_000_000) ** 4;
    const part = vocabulary[Math.floor(share * vocabulary.length)]! + SPACES[below(SPACES.length)]!;
    bytes += Buffer.byteLength(part);
    parts.push(part);
  }
  return Buffer.from(parts.join(""));
};

/** A text of this many MB: one seeded megabyte over and over. */
export const largeText = (seed: number, megabytes: number): Buffer => {
  const piece = Buffer.concat([seededText(seed, 1_000_000), Buffer.from("\n")]);
  return Buffer.concat(Array.from({ length: megabytes }, () => piece));
};
