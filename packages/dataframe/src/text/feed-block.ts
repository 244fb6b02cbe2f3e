/**
 * Feeds the tokens of one block (words, lines, rows) to a kernel.
 *
 * The problem: blocks are cut at fixed bytes, tokens are not, and the shards that read neighbours do not talk.
 * The idea: a block owns the tokens whose first byte lies in it. One byte before the block tells whether its first
 * byte goes on with a token of an earlier block; past its end it reads only to finish the last token of its own.
 * Invariants: every token has one owner, whatever the cuts, the pieces and the short reads; a block in which no token
 * begins reads nothing past its end, so a giant token is read to its end once and not once a block. The first byte of
 * an empty line is its "\n"; white space belongs to nobody.
 */
import type { SplitMode } from "../kernels/text-kernel-types.js";
import type { Block } from "./block-plan.js";
import { type ByteSource, fileChanged } from "./byte-source.js";
import { indexOfDelimiter } from "./delimiter.js";

export interface BlockScanOptions {
  /** Bytes asked for at once, at least 1. @defaultValue 512 KiB: half of a second-level cache, and few calls */
  readonly pieceBytes?: number;
}

/** Where bytes go: a kernel that is inside a new block, holding neither bytes nor rows. */
export interface BlockSink {
  /** Room for `bytes` more bytes, behind the pending ones. */
  space(bytes: number): Uint8Array;
  /** Bytes that belong to a token whose end has not been seen. */
  readonly pendingBytes: number;
}

const PIECE_BYTES = 512 * 1024;
/** The end of a last token is usually near; later reads double. */
const TAIL_BYTES = 4096;

/**
 * @param take - takes `added` bytes, which stand at the begin of the last `space()`. What follows their last delimiter is
 *   pending, or a token too if `final`.
 * @param atMiddle - called once, when the first half of the block's bytes was taken; not for a block of no bytes.
 * @returns how many bytes were read.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`
 */
export const feedBlock = async (
  source: ByteSource,
  { start, end }: Pick<Block, "start" | "end">,
  kernel: BlockSink,
  mode: SplitMode,
  take: (added: number, final: boolean) => Promise<void>,
  atMiddle: () => void,
  { pieceBytes = PIECE_BYTES }: BlockScanOptions = {},
): Promise<number> => {
  if (!(start >= 0 && start <= end)) throw new Error(`invariant: a block from ${start} to ${end}`);
  if (end > source.bytes) throw fileChanged(source, source.bytes, `end before ${end}, where its block ends`);
  const middle = start + Math.floor((end - start) / 2);
  let position = Math.max(0, start - 1);
  let bytesRead = 0;

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

  // Until a delimiter has been seen, bytes belong to a token that began in an earlier block.
  let isOwned = start === 0;
  while (position < end) {
    // A piece ends at the middle, so that the counts there do not depend on how much a read returns.
    const piece = await fill(Math.min(pieceBytes, (position < middle ? middle : end) - position));
    let from = 0;
    if (!isOwned) {
      const delimiter = indexOfDelimiter(piece, mode);
      if (delimiter >= 0) {
        isOwned = true;
        from = delimiter + 1;
        piece.copyWithin(0, from);
      }
    }
    if (isOwned) await take(piece.length - from, false);
    if (position === middle) atMiddle();
  }
  for (let bytes = TAIL_BYTES; kernel.pendingBytes > 0; bytes *= 2) {
    const left = source.bytes - position;
    if (left === 0) {
      await take(0, true);
      break;
    }
    const piece = await fill(Math.min(bytes, pieceBytes, left));
    const delimiter = indexOfDelimiter(piece, mode);
    // No more than the delimiter: what follows it is the next block's.
    await take(delimiter < 0 ? piece.length : delimiter + 1, false);
  }
  return bytesRead;
};
