// Without ignoreBOM a first U+FEFF would be swallowed.
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const SCRATCH = new Uint8Array(4096);

/**
 * Text of UTF-8 bytes, for people: bytes that are no UTF-8 become U+FFFD.
 * @param bytes - may be a view of shared memory, which TextDecoder refuses in some runtimes: so it gets a copy, in memory
 * that is used again for all but long texts.
 */
export const decodeText = (bytes: Uint8Array): string => {
  if (bytes.length > SCRATCH.length) return DECODER.decode(bytes.slice());
  SCRATCH.set(bytes);
  return DECODER.decode(SCRATCH.subarray(0, bytes.length));
};
