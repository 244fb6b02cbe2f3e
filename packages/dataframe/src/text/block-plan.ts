import { Eau2Error } from "@eau2/protocol";

/** A byte range of one input file: the unit that a shard reads. */
export interface Block {
  /** Position among all blocks of the input; origin order is order of this index. */
  readonly index: number;
  /** Position of the file in the input. */
  readonly file: number;
  readonly start: number;
  /** First byte behind the block; above `start`. */
  readonly end: number;
}

export interface BlockPlanOptions {
  /** Size of every block but the last of a file, 1 byte to 1 GiB. @defaultValue `defaultBlockBytes` of the total size */
  readonly blockBytes?: number;
}

const BLOCK_BYTES_STEP = 64 * 1024;
const DEFAULT_BLOCK_BYTES_MIN = 64 * 1024;
const DEFAULT_BLOCK_BYTES_MAX = 16 * 1024 ** 2;
const DEFAULT_BLOCK_COUNT = 64;
export const BLOCK_BYTES_MAX = 1024 ** 3;
/** Blocks are held as objects and tracked as tasks; a million of them is some 100 MB and hours of tasks. */
const BLOCK_COUNT_MAX = 1_000_000;

/** A 64th of the input, between 64 KiB and 16 MiB, rounded up to whole 64 KiB. It depends on nothing else. */
export const defaultBlockBytes = (totalBytes: number): number => {
  const share = Math.ceil(totalBytes / DEFAULT_BLOCK_COUNT / BLOCK_BYTES_STEP) * BLOCK_BYTES_STEP;
  return Math.min(DEFAULT_BLOCK_BYTES_MAX, Math.max(DEFAULT_BLOCK_BYTES_MIN, share));
};

/**
 * Cuts the files of an input into blocks, in order; an empty file has none.
 * The same sizes give the same blocks on every cluster: chunk boundaries and origin order hang on it.
 * @param fileBytes - size of each file in bytes.
 * @throws Eau2Error `USAGE` when `blockBytes` is out of range or gives more than 1,000,000 blocks.
 */
export const planBlocks = (fileBytes: readonly number[], options: BlockPlanOptions = {}): Block[] => {
  const blockBytes = options.blockBytes ?? defaultBlockBytes(fileBytes.reduce((sum, bytes) => sum + bytes, 0));
  if (!Number.isInteger(blockBytes) || blockBytes < 1 || blockBytes > BLOCK_BYTES_MAX) {
    throw new Eau2Error(
      "USAGE",
      `cut ${fileBytes.length} files into blocks of ${blockBytes} bytes: a block has 1 to ${BLOCK_BYTES_MAX} whole ` +
        "bytes; choose one in between or leave it out",
      { blockBytes, blockBytesMax: BLOCK_BYTES_MAX },
    );
  }
  const blockCount = fileBytes.reduce((sum, bytes) => sum + Math.ceil(bytes / blockBytes), 0);
  if (blockCount > BLOCK_COUNT_MAX) {
    throw new Eau2Error(
      "USAGE",
      `cut ${fileBytes.length} files into blocks of ${blockBytes} bytes: that is ${blockCount} blocks, more than ` +
        `${BLOCK_COUNT_MAX}; ask for larger blocks, or load fewer files at once`,
      { blockBytes, blockCount, blockCountMax: BLOCK_COUNT_MAX },
    );
  }
  const blocks: Block[] = [];
  fileBytes.forEach((bytes, file) => {
    for (let start = 0; start < bytes; start += blockBytes) {
      blocks.push({ index: blocks.length, file, start, end: Math.min(bytes, start + blockBytes) });
    }
  });
  return blocks;
};
