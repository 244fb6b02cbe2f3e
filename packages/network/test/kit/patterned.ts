/** Bytes that tell their place and their seed, so that a piece in the wrong place is seen. */
export const patterned = (byteCount: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(byteCount);
  for (let index = 0; index < byteCount; index++) bytes[index] = (index * 31 + (index >> 8) * 17 + seed * 101) & 0xff;
  return bytes;
};
