/**
 * Ranges of UTF-8 bytes: what text functions do without decoding. A byte that is no UTF-8 is a character of its own wherever
 * characters are counted.
 */

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

export const isAscii = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return false;
  return true;
};

/** Least and greatest second byte after a first one: without overlong forms, surrogates, and what is beyond Unicode. */
const secondMin = (first: number): number => (first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80);
const secondMax = (first: number): number => (first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf);

/** How many bytes the character at `at` has; 1 for a byte that is no UTF-8. @see The Unicode Standard, table 3-7. */
export const characterBytes = (bytes: Uint8Array, at: number, end: number): number => {
  const first = bytes[at]!;
  if (first < 0xc2 || first > 0xf4) return 1;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[at + 1]!;
  if (at + length > end || second < secondMin(first) || second > secondMax(first)) return 1;
  for (let next = at + 2; next < at + length; next++) if (!isContinuation(bytes[next])) return 1;
  return length;
};

export const countCodePoints = (bytes: Uint8Array, start: number, end: number): number => {
  let count = 0;
  for (let at = start; at < end; count++) at += bytes[at]! < 0x80 ? 1 : characterBytes(bytes, at, end);
  return count;
};

/** Where the code point that is `count` after the one at `start` begins; `end` at most. */
export const skipCodePoints = (bytes: Uint8Array, start: number, end: number, count: number): number => {
  let at = start;
  for (let left = count; at < end && left > 0; left--) at += characterBytes(bytes, at, end);
  return at;
};

/** The first occurrence of `needle` in a range, or -1; of nothing at `start`. */
export const findBytes = (
  bytes: Uint8Array,
  start: number,
  end: number,
  needle: Uint8Array,
  needleStart: number,
  needleEnd: number,
): number => {
  const length = needleEnd - needleStart;
  if (length === 0) return start;
  const first = needle[needleStart]!;
  const last = end - length;
  for (let at = start; at <= last; at++) {
    if (bytes[at] !== first) continue;
    let matched = 1;
    while (matched < length && bytes[at + matched] === needle[needleStart + matched]) matched++;
    if (matched === length) return at;
  }
  return -1;
};

/** Whether `needle` stands in `bytes` at `at`, which ends at `end`. */
export const standsAt = (
  bytes: Uint8Array,
  at: number,
  end: number,
  needle: Uint8Array,
  needleStart: number,
  needleEnd: number,
): boolean => {
  if (end - at < needleEnd - needleStart) return false;
  for (let index = needleStart, from = at; index < needleEnd; index++, from++)
    if (bytes[from] !== needle[index]) return false;
  return true;
};
