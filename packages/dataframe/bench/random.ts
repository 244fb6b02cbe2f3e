/** xorshift32 (Marsaglia, "Xorshift RNGs", 2003): numbers from 0 on and below 1. Same seed, same numbers. */
export const randomOf = (seed: number): (() => number) => {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};
