/**
 * The table that assembly/nearest-float.as multiplies by: the first 128 bits of each power of five, cut off, but rounded
 * up for small fractions (Lemire, "Number parsing at a gigabyte per second", 2021; the same bits as the table of its
 * reference implementation, fast_float).
 */

/** As in assembly/nearest-float.as. */
const EXPONENT_MIN = -256;
const EXPONENT_MAX = 255;
/** Down to here a product can be exact, and then only the next number up shows it. */
const EXPONENT_ROUNDED_UP_MIN = -27;
const BITS = 128n;
const WORD = 0xffff_ffff_ffff_ffffn;

const bitLength = (value: bigint): bigint => BigInt(value.toString(2).length);

const first128Bits = (exponent: number): bigint => {
  const power = 5n ** BigInt(Math.abs(exponent));
  const bits = bitLength(power);
  if (exponent >= 0) return bits > BITS ? power >> (bits - BITS) : power << (BITS - bits);
  // 2 ** (bits + 127) over the power has 128 bits, because the power is above 2 ** (bits - 1) and no power of two.
  const inverse = (1n << (bits + BITS - 1n)) / power;
  return exponent >= EXPONENT_ROUNDED_UP_MIN ? inverse + 1n : inverse;
};

let table: BigUint64Array | undefined;

/** 512 pairs of words, the upper one first. Computed once a thread, in some milliseconds. */
export const powersOfFive = (): BigUint64Array => {
  if (table !== undefined) return table;
  const words = new BigUint64Array((EXPONENT_MAX - EXPONENT_MIN + 1) * 2);
  for (let exponent = EXPONENT_MIN; exponent <= EXPONENT_MAX; exponent++) {
    const bits = first128Bits(exponent);
    const at = (exponent - EXPONENT_MIN) * 2;
    words[at] = bits >> 64n;
    words[at + 1] = bits & WORD;
  }
  table = words;
  return words;
};
