/** The true sum of doubles, rounded once: as whole multiples of the smallest one. */

const SMALLEST_EXPONENT = -1074;

const wordsOf = new DataView(new ArrayBuffer(8));

/** A double as a multiple of 2^-1074. */
const unitsOf = (value: number): bigint => {
  wordsOf.setFloat64(0, value);
  const bits = wordsOf.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const units = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return bits >> 63n === 1n ? -units : units;
};

/** The double nearest to so many units: leading bits, and one that stands for all that are cut off. */
const nearest = (units: bigint): number => {
  const size = units < 0n ? -units : units;
  const excess = Math.max(0, size.toString(2).length - 60);
  const cut = size >> BigInt(excess);
  const sticky = cut << BigInt(excess) === size ? 0n : 1n;
  const leading = Number((cut << 1n) | sticky);
  const exponent = excess - 1 + SMALLEST_EXPONENT;
  const result = leading * 2 ** Math.ceil(exponent / 2) * 2 ** Math.floor(exponent / 2);
  return units < 0n ? -result : result;
};

export const exactSum = (numbers: readonly number[]): number =>
  nearest(numbers.reduce((sum, value) => sum + unitsOf(value), 0n));

/** In another order, the same for equal seeds. */
export const shuffled = <T>(items: readonly T[], seed: number): T[] => {
  const result = [...items];
  let state = (seed >>> 0) + 1;
  for (let index = result.length - 1; index > 0; index--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (index + 1);
    [result[index], result[other]] = [result[other]!, result[index]!];
  }
  return result;
};
