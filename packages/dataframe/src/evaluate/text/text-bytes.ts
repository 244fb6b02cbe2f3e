/** Ranges of UTF-8 bytes: what text functions do without decoding. A code point begins at every byte that continues none. */

export const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

export const isAscii = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return false;
  return true;
};

export const countCodePoints = (bytes: Uint8Array, start: number, end: number): number => {
  let count = 0;
  for (let at = start; at < end; at++) if (!isContinuation(bytes[at]!)) count++;
  return count;
};

/** Where the code point that is `count` after the one at `start` begins; `end` at most. */
export const skipCodePoints = (bytes: Uint8Array, start: number, end: number, count: number): number => {
  let at = start;
  for (let left = count; at < end; at++) {
    if (isContinuation(bytes[at]!)) continue;
    if (left-- === 0) break;
  }
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
