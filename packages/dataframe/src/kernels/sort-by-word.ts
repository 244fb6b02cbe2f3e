/** Stable sorting of positions by 32-bit words: least significant digit first, 11 bits at a time. */

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
const MASK = DIGITS - 1;

/**
 * Sorts `order` so that `words[order[0]]`, `words[order[1]]`, ... ascend; equal words keep their order. Sorting by several words
 * is sorting by the last one first. Digits that all have in common cost one pass over the words.
 * @param spare - as long as `order`; holds the result if it is returned.
 * @returns `order` or `spare`.
 * @see Knuth, "The Art of Computer Programming" 3, 5.2.5.
 */
export const sortByWord = (words: Uint32Array, order: Uint32Array, spare: Uint32Array): Uint32Array => {
  const counts = countDigits(words, order);
  let from = order;
  let into = spare;
  for (let pass = 0; pass < counts.length; pass++) {
    const digits = counts[pass]!;
    if (digits.includes(order.length)) continue;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = digits[digit]!;
      digits[digit] = sum;
      sum += count;
    }
    place(words, from, pass * DIGIT_BITS, digits, into);
    [from, into] = [into, from];
  }
  return from;
};

const countDigits = (words: Uint32Array, order: Uint32Array): readonly Uint32Array[] => {
  const low = new Uint32Array(DIGITS);
  const middle = new Uint32Array(DIGITS);
  const high = new Uint32Array(DIGITS);
  for (let index = 0; index < order.length; index++) {
    const word = words[order[index]!]!;
    low[word & MASK]!++;
    middle[(word >>> DIGIT_BITS) & MASK]!++;
    high[word >>> (2 * DIGIT_BITS)]!++;
  }
  return [low, middle, high];
};

const place = (words: Uint32Array, from: Uint32Array, shift: number, next: Uint32Array, into: Uint32Array): void => {
  for (let index = 0; index < from.length; index++) {
    const position = from[index]!;
    into[next[(words[position]! >>> shift) & MASK]!++] = position;
  }
};
