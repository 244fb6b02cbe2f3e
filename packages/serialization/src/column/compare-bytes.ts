/**
 * Compare two byte ranges in the order of text: by unsigned bytes, a prefix before what it begins.
 * @returns Less than, equal to or greater than 0, as the first range is to the second.
 */
export const compareBytes = (
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
): number => {
  const common = Math.min(leftEnd - leftStart, rightEnd - rightStart);
  for (let index = 0; index < common; index++) {
    const difference = left[leftStart + index]! - right[rightStart + index]!;
    if (difference !== 0) return difference;
  }
  return leftEnd - leftStart - (rightEnd - rightStart);
};

export const areBytesEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && compareBytes(left, 0, left.length, right, 0, right.length) === 0;
