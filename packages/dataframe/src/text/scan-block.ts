import type { SplitMode, TextKernel } from "../kernels/text-kernel-types.js";
import type { Block } from "./block-plan.js";
import type { ByteSource } from "./byte-source.js";
import type { DistinctCount } from "./dictionary-rule.js";
import { type BlockScanOptions, feedBlock } from "./feed-block.js";

export interface BlockScan extends DistinctCount {
  /** Counts when the first half of the block's bytes had been seen: how fast the column still finds new strings. */
  readonly half: DistinctCount;
  readonly bytesRead: number;
}

/**
 * Reads the tokens of one block into codes.
 * @param kernel - its dictionary is kept and added to; codes and pending bytes in it are dropped. Not to be used by
 *   others until the scan is over.
 * @param onCodes - gets the codes of the block's tokens in order, a non-empty piece at a time; the view dies when it
 *   returns or its promise resolves.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`; `MEMORY_EXCEEDED` from the kernel.
 */
export const scanBlock = async (
  source: ByteSource,
  block: Pick<Block, "start" | "end">,
  kernel: TextKernel,
  mode: SplitMode,
  onCodes: (codes: Uint32Array) => void | Promise<void>,
  options?: BlockScanOptions,
): Promise<BlockScan> => {
  kernel.beginBlock();
  kernel.clearCodes();
  let rowCount = 0;
  let half: DistinctCount = { rowCount: 0, distinct: 0 };
  const take = async (added: number, final: boolean): Promise<void> => {
    kernel.split(mode, added, final);
    const codes = kernel.codes();
    if (codes.length === 0) return;
    rowCount += codes.length;
    await onCodes(codes);
    kernel.clearCodes();
  };
  const atMiddle = (): void => {
    half = { rowCount, distinct: kernel.blockDistinct };
  };
  const bytesRead = await feedBlock(source, block, kernel, mode, take, atMiddle, options);
  return { rowCount, distinct: kernel.blockDistinct, half, bytesRead };
};
