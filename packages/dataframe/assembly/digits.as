/**
 * Decimal digits to numbers, eight at a time.
 *
 * Eight characters are one 64-bit word; three multiplications make a number of them. (Mula, Lemire and others; see
 * Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience 51(8), 2021, section 5.)
 */

/** "00000000": a word of characters less this is a word of digits. */
export const ZEROS: u64 = 0x3030303030303030;
const HIGH_BITS: u64 = 0x8080808080808080;
/** Adding it to a byte sets its top bit from 10 on. */
const ABOVE_NINE: u64 = 0x7676767676767676;

const POWERS = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
  10000000000000000000,
], 16);

/** 10 ** exponent, up to 19. */
// @ts-ignore: decorator
@inline
export function powerOfTen(exponent: u32): u64 {
  return load<u64>(POWERS + (exponent << 3));
}

/** How many of the eight bytes, from the lowest on, are digits; a carry only reaches bytes behind the first that is none. */
// @ts-ignore: decorator
@inline
export function digitCount(word: u64): u32 {
  return <u32>(ctz<u64>(((word + ABOVE_NINE) | word) & HIGH_BITS) >> 3);
}

/** The number that the first `count` digits of a word are, 1 to 8. */
// @ts-ignore: decorator
@inline
export function numberOf(word: u64, count: u32): u64 {
  // Moved up, so that zeros stand before them.
  let digits = word << <u64>(64 - (count << 3));
  digits = digits * 10 + (digits >> 8);
  return (
    ((digits & 0x000000ff000000ff) * 0x000f424000000064 + ((digits >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32
  );
}
