/**
 * Floats without rounding: every finite double is an integer times 2^-1074, so sums and products are sums and products of
 * bigints, and one rounding at the end gives the nearest double.
 */
const SCALE_BITS = 1074n;

/** `value` times 2^1074. */
export const scaled = (value: number): bigint => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & ((1n << 52n) - 1n);
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return value < 0 ? -magnitude : magnitude;
};

/** A scaled number, or with `factors` a product of so many of them, over an integer. */
export const nearestOfScaled = (value: bigint, divisor = 1n, factors = 1n): number =>
  nearest(value, divisor << (SCALE_BITS * factors));

const bitLength = (value: bigint): bigint => BigInt(value.toString(2).length);

/** The double nearest to a fraction, ties to even; infinite where it is too large. */
export const nearest = (numerator: bigint, denominator: bigint): number => {
  if (numerator === 0n) return 0;
  if (denominator < 0n) return nearest(-numerator, -denominator);
  if (numerator < 0n) return -nearest(-numerator, denominator);
  // The quotient times 2^shift has 53 bits, or fewer where the result is subnormal.
  let shift = 54n - (bitLength(numerator) - bitLength(denominator));
  let quotient: bigint;
  let doubledRest: bigint;
  let divisor: bigint;
  do {
    shift = shift > SCALE_BITS ? SCALE_BITS : shift - 1n;
    const dividend = shift > 0n ? numerator << shift : numerator;
    divisor = shift > 0n ? denominator : denominator << -shift;
    quotient = dividend / divisor;
    doubledRest = (dividend % divisor) * 2n;
  } while (quotient >= 1n << 53n);
  if (doubledRest > divisor || (doubledRest === divisor && quotient % 2n === 1n)) quotient++;
  return timesPowerOfTwo(Number(quotient), -Number(shift));
};

/** In two steps, as 2^-1074 and 2^1000 times a large number are not doubles or not exact at once. */
const timesPowerOfTwo = (value: number, exponent: number): number => {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
};
