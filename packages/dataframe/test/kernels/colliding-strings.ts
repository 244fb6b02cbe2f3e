/**
 * Different strings with the same 64-bit hash and the same first bytes, made by running assembly/hash.ts backwards:
 * every step of it can be inverted. Random strings never collide, so without these nothing would notice if the kernel
 * stopped comparing bytes. A change of the hash needs the same change here.
 */
const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotl = (value: bigint, by: bigint): bigint => u64((value << by) | (u64(value) >> (64n - by)));

/** Inverse of an odd number modulo 2 ** 64; each round of Newton's method doubles the bits that are right. */
const inverse = (odd: bigint): bigint => {
  let guess = odd;
  for (let round = 0; round < 6; round++) guess = u64(guess * (2n - odd * guess));
  return guess;
};

const round = (lane: bigint, word: bigint): bigint => u64(rotl(u64(lane + word * PRIME_2), 31n) * PRIME_1);
/** The word that takes `lane` to `result`. */
const unround = (lane: bigint, result: bigint): bigint =>
  u64((rotl(u64(result * inverse(PRIME_1)), 33n) - lane) * inverse(PRIME_2));

/** Both lanes after the words of a string of 16 or 32 bytes. */
const lanesOf = (words: readonly bigint[]): [bigint, bigint] => {
  let even = PRIME_1 ^ BigInt(words.length * 8);
  let odd = PRIME_2;
  for (let index = 0; index < words.length; index += 2) {
    even = round(even, words[index]!);
    odd = round(odd, words[index + 1]!);
  }
  return [even, odd];
};
const foldOf = (words: readonly bigint[]): bigint => {
  const [even, odd] = lanesOf(words);
  return u64(rotl(even, 1n) + rotl(odd, 7n));
};

const wordsOf = (bytes: Uint8Array): bigint[] =>
  Array.from({ length: bytes.length / 8 }, (_, index) => Buffer.from(bytes).readBigUInt64LE(index * 8));

/**
 * `bytes` with its last 8 replaced so that its hash is that of `other`. Lengths are 16 or 32.
 * The first 7 bytes are part of a key: give both the same, and another eighth, or the result is `other` itself.
 */
export const collidingWith = (other: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const words = wordsOf(bytes);
  const [even] = lanesOf(words);
  const oddWanted = rotl(u64(foldOf(wordsOf(other)) - rotl(even, 1n)), 57n);
  let oddBefore = PRIME_2;
  for (let index = 1; index < words.length - 1; index += 2) oddBefore = round(oddBefore, words[index]!);
  const result = Buffer.from(bytes);
  result.writeBigUInt64LE(unround(oddBefore, oddWanted), bytes.length - 8);
  if (foldOf(wordsOf(result)) !== foldOf(wordsOf(other))) throw new Error("the collision failed");
  return new Uint8Array(result);
};
