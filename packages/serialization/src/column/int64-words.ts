/**
 * A 64-bit integer as two 32-bit halves of a little-endian buffer: word `2 * row` is the low half, `2 * row + 1` the high
 * one. Loops over the halves allocate nothing and are several times as fast as loops over bigints.
 */

const WORD = 2 ** 32;

/** The halves of `values`, in place. */
export const wordsOf = (values: BigInt64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length * 2);

export const bigintOfWords = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

/** Write a whole number of at most 2^53 in magnitude. */
export const setWords = (words: Int32Array, row: number, value: number): void => {
  words[row * 2] = value; // modulo 2^32, as every store to an Int32Array
  words[row * 2 + 1] = Math.floor(value / WORD);
};
