/** How rows are spread over hash partitions: by the data's size and the keys alone, so results are the same on every cluster. */

/** Rows of the input for which one more partition is worth its overhead. */
const ROWS_PER_PARTITION = 262_144;
export const PARTITION_COUNT_MAX = 64;

/** A power of two: 1 while small, then about one for each 262,144 rows, 64 at most. */
export const partitionCount = (rowCount: number): number => {
  let count = 1;
  while (count < PARTITION_COUNT_MAX && count * ROWS_PER_PARTITION < rowCount) count *= 2;
  return count;
};

/** Partition of a dictionary code. `count` is a power of two. @see the finalizer of MurmurHash3 (Appleby) */
export const partitionOfCode = (code: number, count: number): number => {
  let hash = Math.imul(code ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) & (count - 1);
};

/** Partition of a string by its bytes (FNV-1a with a final mix). `count` is a power of two. */
export const partitionOfBytes = (bytes: Uint8Array, start: number, end: number, count: number): number => {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) & (count - 1);
};
