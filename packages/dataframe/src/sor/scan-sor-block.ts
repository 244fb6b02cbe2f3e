import type { SorKernel } from "../kernels/sor-kernel-types.js";
import type { BlockLines } from "../text/bad-rows.js";
import type { Block } from "../text/block-plan.js";
import type { ByteSource } from "../text/byte-source.js";
import type { BlockDistinctCount } from "../text/dictionary-rule.js";
import { type BlockScanOptions, feedBlock } from "../text/feed-block.js";

export interface SorBlockScan extends BlockLines {
  readonly rowCount: number;
  /** For each column of strings the rows that have one, and how many are different; nulls are in neither. */
  readonly strings: Required<BlockDistinctCount>[];
  readonly bytesRead: number;
}

/**
 * Reads the lines of one block into rows.
 * @param kernel - its dictionaries are kept and added to; it holds no rows. Not to be used by others until the scan is over.
 * @param textColumns - the columns of strings, for `strings`.
 * @param onChunk - takes the kernel's rows, one or more, and clears them. At the block's end none are left.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`; `MEMORY_EXCEEDED` from the kernel.
 */
export const scanSorBlock = async (
  source: ByteSource,
  block: Pick<Block, "start" | "end">,
  kernel: SorKernel,
  textColumns: readonly number[],
  onChunk: () => void | Promise<void>,
  options?: BlockScanOptions,
): Promise<SorBlockScan> => {
  kernel.beginBlock();
  const counts = (): { rowCount: number; distinct: number }[] =>
    textColumns.map((column) => kernel.blockStrings(column));
  let halves = textColumns.map(() => ({ rowCount: 0, distinct: 0 }));
  const take = async (added: number, final: boolean): Promise<void> => {
    let isFull = kernel.parse(added, final);
    while (isFull) {
      await onChunk();
      isFull = kernel.parse(0, final);
    }
  };
  const atMiddle = (): void => {
    halves = counts();
  };
  const bytesRead = await feedBlock(source, block, kernel, "lines", take, atMiddle, options);
  if (kernel.rowCount > 0) await onChunk();
  return {
    lineCount: kernel.lineCount,
    rowCount: kernel.blockRowCount,
    badRowCount: kernel.badRowCount,
    badRows: kernel.badRows(),
    strings: counts().map((count, index) => ({ ...count, half: halves[index]! })),
    bytesRead,
  };
};
