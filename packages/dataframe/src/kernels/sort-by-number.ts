/** Stable sorting of positions by whole numbers: least significant digit first, 11 bits at a time. */

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

/**
 * Sorts `order` so that `keys[order[0]]`, `keys[order[1]]`, ... ascend; equal keys keep their order.
 * @param keys - whole numbers from 0 up to 2^53.
 * @see Knuth, "The Art of Computer Programming" 3, 5.2.5.
 */
export const sortByNumber = (keys: Float64Array | Uint32Array, order: Uint32Array): void => {
  const max = maxOf(keys, order);
  let from: Uint32Array = order;
  let into: Uint32Array = new Uint32Array(order.length);
  const counts = new Uint32Array(DIGITS);
  for (let divisor = 1; divisor <= max; divisor *= DIGITS) {
    counts.fill(0);
    countDigits(keys, from, divisor, counts);
    // All have the same digit: nothing moves.
    if (counts.includes(order.length)) continue;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = counts[digit]!;
      counts[digit] = sum;
      sum += count;
    }
    place(keys, from, divisor, counts, into);
    [from, into] = [into, from];
  }
  if (from !== order) order.set(from);
};

const maxOf = (keys: ArrayLike<number>, order: Uint32Array): number => {
  let max = 0;
  for (let index = 0; index < order.length; index++) if (keys[order[index]!]! > max) max = keys[order[index]!]!;
  return max;
};

// Keys below 2^32 take the way of whole numbers; above, division in doubles is exact enough because divisors are powers of two.
const digitOf = (key: number, divisor: number): number => Math.floor(key / divisor) % DIGITS;

const countDigits = (keys: ArrayLike<number>, order: Uint32Array, divisor: number, counts: Uint32Array): void => {
  for (let index = 0; index < order.length; index++) counts[digitOf(keys[order[index]!]!, divisor)]!++;
};

const place = (
  keys: ArrayLike<number>,
  order: Uint32Array,
  divisor: number,
  next: Uint32Array,
  into: Uint32Array,
): void => {
  for (let index = 0; index < order.length; index++) {
    const position = order[index]!;
    into[next[digitOf(keys[position]!, divisor)]!++] = position;
  }
};
