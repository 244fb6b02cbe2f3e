/** Bits in Arrow's layout: bit `index` is bit `index & 7` of byte `index >> 3`, least significant first. */

export const bitmapByteLength = (bitCount: number): number => Math.ceil(bitCount / 8);

export const isBitSet = (bitmap: Uint8Array, index: number): boolean =>
  ((bitmap[index >>> 3]! >>> (index & 7)) & 1) === 1;

export const setBit = (bitmap: Uint8Array, index: number): void => {
  bitmap[index >>> 3]! |= 1 << (index & 7);
};

export const clearBit = (bitmap: Uint8Array, index: number): void => {
  bitmap[index >>> 3]! &= ~(1 << (index & 7));
};

/** The bits of the last byte that belong to `bitCount` bits; 0xff when they end on a byte. */
const lastByteMask = (bitCount: number): number => ((bitCount & 7) === 0 ? 0xff : (1 << (bitCount & 7)) - 1);

const onesIn = (byte: number): number => {
  const pairs = byte - ((byte >>> 1) & 0x55);
  const nibbles = (pairs & 0x33) + ((pairs >>> 2) & 0x33);
  return (nibbles + (nibbles >>> 4)) & 0x0f;
};

/** How many of the first `bitCount` bits are 1. */
export const countSetBits = (bitmap: Uint8Array, bitCount: number): number => {
  const wholeBytes = bitCount >>> 3;
  let ones = 0;
  for (let index = 0; index < wholeBytes; index++) ones += onesIn(bitmap[index]!);
  return (bitCount & 7) === 0 ? ones : ones + onesIn(bitmap[wholeBytes]! & lastByteMask(bitCount));
};

/** Whether the first `bitCount` bits are all 1; true for none. */
export const areAllSet = (bitmap: Uint8Array, bitCount: number): boolean => {
  const wholeBytes = bitCount >>> 3;
  for (let index = 0; index < wholeBytes; index++) if (bitmap[index] !== 0xff) return false;
  if ((bitCount & 7) === 0) return true;
  const mask = lastByteMask(bitCount);
  return (bitmap[wholeBytes]! & mask) === mask;
};

/** Whether the bits of the last byte beyond `bitCount` are 0, as they are in everything that is written. */
export const isSpareClear = (bitmap: Uint8Array, bitCount: number): boolean =>
  (bitCount & 7) === 0 || (bitmap[bitCount >>> 3]! & ~lastByteMask(bitCount)) === 0;

/** Set the slots of null rows to zero. Eight valid rows cost one comparison. */
export const clearNullSlots = (
  values: ArrayBufferView,
  bytesPerRow: number,
  validity: Uint8Array,
  rowCount: number,
): void => {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, rowCount * bytesPerRow);
  for (let index = 0; index < bitmapByteLength(rowCount); index++) {
    if (validity[index] === 0xff) continue;
    const end = Math.min(rowCount, index * 8 + 8);
    for (let row = index * 8; row < end; row++) {
      if (isBitSet(validity, row)) continue;
      for (let at = row * bytesPerRow; at < (row + 1) * bytesPerRow; at++) bytes[at] = 0;
    }
  }
};

/** Whether the slots of null rows are zero. */
export const areNullSlotsClear = (
  values: ArrayBufferView,
  bytesPerRow: number,
  validity: Uint8Array,
  rowCount: number,
): boolean => {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, rowCount * bytesPerRow);
  for (let index = 0; index < bitmapByteLength(rowCount); index++) {
    if (validity[index] === 0xff) continue;
    const end = Math.min(rowCount, index * 8 + 8);
    for (let row = index * 8; row < end; row++) {
      if (isBitSet(validity, row)) continue;
      for (let at = row * bytesPerRow; at < (row + 1) * bytesPerRow; at++) if (bytes[at] !== 0) return false;
    }
  }
  return true;
};
