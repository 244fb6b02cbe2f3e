/** Words: runs without white space (the six bytes of C's isspace). Lines: what ends at "\n" or "\r\n". */
export type SplitMode = "words" | "lines";

/**
 * Splits text into tokens and turns each token into its code in a dictionary that it builds: the distinct tokens in
 * order of first appearance. Tokens are bytes; nothing is decoded.
 *
 * A caller puts bytes into `space()`, calls `split()`, takes `codes()` out and clears them, piece by piece.
 * Every view lies in memory of the kernel and dies at the next call of any method: use it or copy it.
 * After `MEMORY_EXCEEDED` the dictionary is whole, but the piece is taken in part: `reset()` or drop the kernel.
 */
export interface TextKernel {
  /** Forgets dictionary, codes, pending bytes and block; keeps the memory. */
  reset(): void;
  /** Forgets pending bytes and begins to count `blockDistinct` from 0. A fresh or reset kernel is inside a block. */
  beginBlock(): void;
  /** Distinct tokens since `beginBlock()`, whether they were in the dictionary before or not. */
  readonly blockDistinct: number;

  /**
   * Room for at least `bytes` more bytes of text, behind the pending ones.
   * @throws Eau2Error `MEMORY_EXCEEDED`
   */
  space(bytes: number): Uint8Array;
  /** Bytes at the front of the input that belong to a token whose end has not been seen. */
  readonly pendingBytes: number;
  /**
   * Takes `added` bytes, which the caller has put at the begin of `space()`, and appends the codes of the tokens that
   * end in them. What follows the last delimiter stays pending, or is a token too if `final`; but nothing at all
   * behind the last delimiter is no token. Of a line, a "\r" directly before its "\n" is left out.
   * @returns pendingBytes
   * @throws Eau2Error `MEMORY_EXCEEDED`
   */
  split(mode: SplitMode, added: number, final: boolean): number;
  /**
   * Appends the codes of `count` strings as they are: string i is `bytes` from `offsets[i]` to `offsets[i + 1]`.
   * Pending bytes are forgotten.
   * @param bytes - may be a view of shared memory, as may `offsets`; at most 1 MiB of it, or one string, is copied at once.
   * @throws Eau2Error `DATA_INVALID` when offsets fall or leave `bytes`; `MEMORY_EXCEEDED`
   */
  intern(bytes: Uint8Array, offsets: Uint32Array, count: number): void;

  /** Codes appended since `clearCodes()`. */
  codes(): Uint32Array;
  clearCodes(): void;

  /** Number of distinct strings; codes are below it. */
  readonly dictionarySize: number;
  /** The distinct strings back to back, in order of code. */
  dictionaryBytes(): Uint8Array;
  /** `dictionarySize + 1` offsets into `dictionaryBytes()`. */
  dictionaryOffsets(): Uint32Array;

  /** Memory that the kernel holds. It never shrinks. */
  readonly bytes: number;
}
