/**
 * 64-bit hashing, 8 bytes at a time. Rounds, primes and avalanche are those of xxHash64 (Yann Collet, xxHash
 * specification 0.1.1), with two lanes instead of four, and the last 16 bytes read again instead of a byte loop.
 * The best bits are the upper ones. Hashes stay in this memory: no result depends on them.
 */
const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME_3: u64 = 0x165667b19e3779f9;

// @ts-ignore: decorator
@inline
function round(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * PRIME_2, 31) * PRIME_1;
}

/** Of a string of at most 15 bytes, given as the halves of its key: two multiplications side by side, one behind. */
// @ts-ignore: decorator
@inline
export function hashShort(low: u64, high: u64): u64 {
  const mixed = (low * PRIME_1) ^ rotl<u64>(high * PRIME_2, 32);
  return (mixed ^ (mixed >> 32)) * PRIME_3;
}

/** Of a string of at least 16 bytes. */
export function hashLong(start: u32, length: u32): u64 {
  let even = PRIME_1 ^ <u64>length;
  let odd = PRIME_2;
  const last = start + length - 16;
  for (let at = start; at < last; at += 16) {
    even = round(even, load<u64>(at));
    odd = round(odd, load<u64>(at, 8));
  }
  even = round(even, load<u64>(last));
  odd = round(odd, load<u64>(last, 8));
  let hash = rotl<u64>(even, 1) + rotl<u64>(odd, 7);
  hash = (hash ^ (hash >> 33)) * PRIME_2;
  return (hash ^ (hash >> 29)) * PRIME_3;
}
