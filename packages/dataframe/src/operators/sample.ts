/**
 * Which rows a sample has: those whose number hashes below the fraction.
 * @param firstRow - number of the batch's first row; `rows`: of each, counted from it.
 * @see the finalizer of MurmurHash3 (Appleby)
 */
export const sampledRows = (
  fraction: number,
  seed: number,
  rowCount: number,
  firstRow: number,
  rows: Uint32Array | undefined,
): Uint32Array => {
  const limit = fraction * 2 ** 32;
  const picked = new Uint32Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const number = firstRow + (rows === undefined ? row : rows[row]!);
    if (hashOfRow(number, seed) < limit) picked[count++] = row;
  }
  return picked.slice(0, count);
};

/** 32 bits of a row's number and a seed. */
const hashOfRow = (row: number, seed: number): number => {
  let hash = Math.imul(seed ^ Math.floor(row / 2 ** 32), 0x9e3779b1) ^ (row >>> 0);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};
