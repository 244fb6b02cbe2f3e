/**
 * Reads the lines of one block into a SoR kernel: `text/scan-block.ts` for rows instead of tokens. A block owns the lines
 * whose first byte lies in it: one byte before it tells whether its first byte begins a line, and past its end it reads
 * only to finish the last line of its own. So every line has one owner, whatever the cuts, pieces and short reads; and a
 * block in which no line begins reads nothing past its end.
 */
import { Eau2Error } from "@eau2/protocol";
import type { SorKernel } from "../kernels/sor-kernel-types.js";
import type { Block } from "../text/block-plan.js";
import type { BlockDistinctCount } from "../text/dictionary-rule.js";
import type { BlockScanOptions, ByteSource } from "../text/scan-block.js";
import type { BlockLines } from "./bad-rows.js";

export interface SorBlockScan extends BlockLines {
  readonly rowCount: number;
  /** For each column of strings the rows that have one, and how many are different; nulls are in neither. */
  readonly strings: Required<BlockDistinctCount>[];
  readonly bytesRead: number;
}

const PIECE_BYTES = 512 * 1024;
/** The end of a last line is usually near; later reads double. */
const TAIL_BYTES = 4096;
const NEW_LINE = 10;

/**
 * @param kernel - its dictionaries are kept and added to; it holds no rows. Not to be used by others until the scan is over.
 * @param textColumns - the columns of strings, for `strings`.
 * @param onChunk - takes the kernel's rows, one or more, and clears them. At the block's end none are left.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`; `MEMORY_EXCEEDED` from the kernel.
 */
export const scanSorBlock = async (
  source: ByteSource,
  { start, end }: Pick<Block, "start" | "end">,
  kernel: SorKernel,
  textColumns: readonly number[],
  onChunk: () => void | Promise<void>,
  { pieceBytes = PIECE_BYTES }: BlockScanOptions = {},
): Promise<SorBlockScan> => {
  if (!(start >= 0 && start <= end)) throw new Error(`invariant: a block from ${start} to ${end}`);
  if (end > source.bytes) throw fileChanged(source, source.bytes, `end before ${end}, where its block ends`);
  kernel.beginBlock();
  const middle = start + Math.floor((end - start) / 2);
  let position = Math.max(0, start - 1);
  let bytesRead = 0;
  const counts = (): { rowCount: number; distinct: number }[] =>
    textColumns.map((column) => kernel.blockStrings(column));
  let halves = textColumns.map(() => ({ rowCount: 0, distinct: 0 }));

  const fill = async (bytes: number): Promise<Uint8Array> => {
    const space = kernel.space(bytes);
    const answer = source.read(position, space);
    const count = typeof answer === "number" ? answer : await answer;
    if (count === 0) throw fileChanged(source, position, `no bytes at ${position}`);
    if (!(count > 0 && count <= bytes)) throw new Error(`invariant: read ${count} bytes into ${bytes}`);
    position += count;
    bytesRead += count;
    return space.subarray(0, count);
  };
  const take = async (added: number, final: boolean): Promise<void> => {
    let isFull = kernel.parse(added, final);
    while (isFull) {
      await onChunk();
      isFull = kernel.parse(0, final);
    }
  };

  // Until a new line has been seen, bytes belong to a line that began in an earlier block.
  let isOwned = start === 0;
  while (position < end) {
    // A piece ends at the middle, so that the counts there do not depend on how much a read returns.
    const piece = await fill(Math.min(pieceBytes, (position < middle ? middle : end) - position));
    let from = 0;
    if (!isOwned) {
      const newLine = piece.indexOf(NEW_LINE);
      if (newLine >= 0) {
        isOwned = true;
        from = newLine + 1;
        piece.copyWithin(0, from);
      }
    }
    if (isOwned) await take(piece.length - from, false);
    if (position === middle) halves = counts();
  }
  for (let bytes = TAIL_BYTES; kernel.pendingBytes > 0; bytes *= 2) {
    const left = source.bytes - position;
    if (left === 0) {
      await take(0, true);
      break;
    }
    const piece = await fill(Math.min(bytes, pieceBytes, left));
    const newLine = piece.indexOf(NEW_LINE);
    // No more than the end of the line: what follows it is the next block's.
    await take(newLine < 0 ? piece.length : newLine + 1, false);
  }
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

const fileChanged = (source: ByteSource, position: number, what: string): Eau2Error =>
  new Eau2Error(
    "FILE_CHANGED",
    `read ${source.name ?? "input"} of ${source.bytes} bytes: ${what}; it was cut or replaced while it was read, load it again`,
    { position, bytes: source.bytes },
  );
