import type { SplitMode } from "../kernels/text-kernel-types.js";

const NEW_LINE = 10;

/** The six bytes of C's isspace: space, \t, \n, \v, \f, \r. */
const isWhiteSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

/** The index of the first byte in `bytes` that ends a token, or -1. */
export const indexOfDelimiter = (bytes: Uint8Array, mode: SplitMode): number => {
  if (mode === "lines") return bytes.indexOf(NEW_LINE);
  // A loop, because findIndex would call a function for every byte of a giant word.
  for (let index = 0; index < bytes.length; index++) if (isWhiteSpace(bytes[index]!)) return index;
  return -1;
};
