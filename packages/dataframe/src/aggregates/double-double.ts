/**
 * Sums and products to about 106 bits, as a pair of doubles: for the last steps of a group, where differences of large sums are small.
 * @see Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18, 1971; Shewchuk, "Adaptive Precision
 * Floating-Point Arithmetic", 1997.
 */
export interface Pair {
  readonly high: number;
  readonly low: number;
}

export const pairOf = (value: number): Pair => ({ high: value, low: 0 });

const renormalized = (high: number, low: number): Pair => {
  const sum = high + low;
  return { high: sum, low: low - (sum - high) };
};

export const addPairs = (a: Pair, b: Pair): Pair => {
  const sum = a.high + b.high;
  const part = sum - a.high;
  const error = a.high - (sum - part) + (b.high - part);
  return renormalized(sum, error + a.low + b.low);
};

export const negatePair = ({ high, low }: Pair): Pair => ({ high: -high, low: -low });

const SPLITTER = 2 ** 27 + 1;

export const multiplyPairs = (a: Pair, b: Pair): Pair => {
  const product = a.high * b.high;
  const ta = a.high * SPLITTER;
  const ah = ta - (ta - a.high);
  const al = a.high - ah;
  const tb = b.high * SPLITTER;
  const bh = tb - (tb - b.high);
  const bl = b.high - bh;
  const error = ah * bh - product + ah * bl + al * bh + al * bl;
  // Halves of huge numbers overflow; their product has no error that could be told.
  return renormalized(product, (Number.isNaN(error) ? 0 : error) + a.high * b.low + a.low * b.high);
};

/** `divisor` is a whole number up to 2^53, not 0. */
export const dividePair = (a: Pair, divisor: number): Pair => {
  const high = a.high / divisor;
  const rest = addPairs(a, negatePair(multiplyPairs(pairOf(high), pairOf(divisor))));
  return renormalized(high, rest.high / divisor);
};
