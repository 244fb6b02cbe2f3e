/** The rows of several blocks in the order of the frame: each block ascends, and had some of the chunks. */
import type { RowsBlock } from "../group/group-block.js";

export interface BlockRun {
  readonly block: number;
  readonly start: number;
  readonly end: number;
}

/** Runs of rows, in ascending order of their numbers. */
export const runsInOrder = (blocks: readonly RowsBlock[]): BlockRun[] => {
  const next = blocks.map(() => 0);
  const runs: BlockRun[] = [];
  for (;;) {
    let least = -1;
    let leastRow = Number.POSITIVE_INFINITY;
    let bound = Number.POSITIVE_INFINITY;
    blocks.forEach(({ rows, count }, index) => {
      if (next[index] === count) return;
      const row = rows[next[index]!]!;
      if (row < leastRow) {
        bound = leastRow;
        leastRow = row;
        least = index;
      } else bound = Math.min(bound, row);
    });
    if (least < 0) return runs;
    const { rows, count } = blocks[least]!;
    const start = next[least]!;
    const end = firstNotBelow(rows, start, count, bound);
    runs.push({ block: least, start, end });
    next[least] = end;
  }
};

const firstNotBelow = (rows: Float64Array, start: number, end: number, bound: number): number => {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
};
