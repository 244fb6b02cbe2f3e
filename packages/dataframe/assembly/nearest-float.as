/**
 * The float64 nearest to significand x 10 ** exponent.
 *
 * Where both are exact as floats one division is correctly rounded (Clinger, "How to read floating point numbers
 * accurately", PLDI 1990). Otherwise the significand is multiplied by a 128-bit power of five, whose upper bits decide
 * (Eisel, Lemire: "Number parsing at a gigabyte per second", Software: Practice and Experience 51(8), 2021; that no case
 * is left undecided: Mushtak, Lemire, "Fast number parsing without fallback", the same 53(7), 2023).
 * Significands are below 2 ** 64 and exponents those of the table, so results lie between 1e-256 and 2e274: there are no
 * subnormals and no infinities here. What has another exponent is left to the caller.
 */

/** The table's exponents. */
export const EXPONENT_MIN: i32 = -256;
export const EXPONENT_MAX: i32 = 255;
const SIGNIFICAND_EXACT_MAX: u64 = 1 << 53;
const POWER_EXACT_MAX: i32 = 22;

/** 128 bits for each power of five, the upper half first; kernels/powers-of-five.ts writes them. */
const POWERS_OF_FIVE = memory.data(8192, 16);
const POWERS_OF_TEN = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
], 16);

export function powersOfFive(): u32 { return <u32>POWERS_OF_FIVE; }

// @ts-ignore: decorator
@inline
function upperProduct(left: u64, right: u64): u64 {
  const leftLow = left & 0xffffffff;
  const leftHigh = left >> 32;
  const rightLow = right & 0xffffffff;
  const rightHigh = right >> 32;
  const middle = leftHigh * rightLow + ((leftLow * rightLow) >> 32);
  const other = leftLow * rightHigh + (middle & 0xffffffff);
  return leftHigh * rightHigh + (middle >> 32) + (other >> 32);
}

/** By Eisel and Lemire. `significand` is not 0. */
function product(significand: u64, exponent: i32): f64 {
  const zeros = clz<u64>(significand);
  const whole = significand << zeros;
  const power = POWERS_OF_FIVE + (<u32>(exponent - EXPONENT_MIN) << 4);
  const first = load<u64>(power);
  let low = whole * first;
  let high = upperProduct(whole, first);
  if ((high & 0x1ff) == 0x1ff) {
    const more = upperProduct(whole, load<u64>(power, 8));
    low += more;
    if (low < more) high++;
  }
  const top = high >> 63;
  const shift = top + 9;
  let mantissa = high >> shift;
  // 217706 / 65536 is log2(10), exact enough for the floor of every exponent here.
  let binary = <i64>((217706 * exponent) >> 16) + 63 + <i64>top - <i64>zeros + 1023;
  // Exactly between two floats: only so small a power of five has a product without a rest.
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~1;
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  if (mantissa >= (1 << 53)) {
    mantissa = 1 << 52;
    binary++;
  }
  return reinterpret<f64>((mantissa & ((1 << 52) - 1)) | (<u64>binary << 52));
}

/** @param exponent - one that the table has. */
// @ts-ignore: decorator
@inline
export function nearestFloat(significand: u64, exponent: i32): f64 {
  if (significand <= SIGNIFICAND_EXACT_MAX && exponent <= 0 && exponent >= -POWER_EXACT_MAX) {
    return <f64>(<i64>significand) / load<f64>(POWERS_OF_TEN + (<u32>-exponent << 3));
  }
  return product(significand, exponent);
}
