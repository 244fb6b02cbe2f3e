import { type Block, planBlocks } from "../../src/text/block-plan.js";

/** Cuts a list of blocks into runs: neighbours of one file, as long as `lengths` says, over and over. */
export const runsOf = (blocks: readonly Block[], lengths: readonly number[]): Block[][] => {
  const runs: Block[][] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    const lengthMax = lengths[(runs.length - 1) % lengths.length] ?? 1;
    if (run === undefined || run.length >= lengthMax || run[0]!.file !== block.file) runs.push([block]);
    else run.push(block);
  }
  return runs;
};

export const blocksOf = (files: readonly Uint8Array[], blockBytes: number): Block[] =>
  planBlocks(
    files.map(({ length }) => length),
    { blockBytes },
  );
