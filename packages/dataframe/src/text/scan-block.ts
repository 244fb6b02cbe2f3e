/**
 * Reads the tokens of one block into a kernel.
 *
 * The problem: blocks are cut at fixed bytes, tokens are not, and the shards that read neighbours do not talk.
 * The idea: a block owns the tokens whose first byte lies in it. One byte before the block tells whether its first
 * byte goes on with a token of an earlier block; past its end it reads only to finish the last token of its own.
 * Invariants: every token has one owner, whatever the cuts, the pieces and the short reads; a block in which no token
 * begins reads nothing past its end, so a giant token is read to its end once and not once a block. The first byte of
 * an empty line is its "\n"; white space belongs to nobody.
 */
import { Eau2Error } from "@eau2/protocol";
import type { SplitMode, TextKernel } from "../kernels/text-kernel-types.js";
import type { Block } from "./block-plan.js";
import type { DistinctCount } from "./dictionary-rule.js";

/** Bytes that can be read from anywhere: a file, an object in a store, memory. */
export interface ByteSource {
  /** What messages call it. @defaultValue "input" */
  readonly name?: string;
  /** Size when the input was planned; nothing is read from there on. */
  readonly bytes: number;
  /** Reads up to `into.length` bytes at `offset`; fewer are fine, 0 means that there are none. */
  read(offset: number, into: Uint8Array): number | Promise<number>;
}

export interface BlockScanOptions {
  /** Bytes asked for at once, at least 1. @defaultValue 512 KiB: half of a second-level cache, and few calls */
  readonly pieceBytes?: number;
}

export interface BlockScan extends DistinctCount {
  /** Counts when the first half of the block's bytes had been seen: how fast the column still finds new strings. */
  readonly half: DistinctCount;
  readonly bytesRead: number;
}

const PIECE_BYTES = 512 * 1024;
/** The end of a last token is usually near; later reads double. */
const TAIL_BYTES = 4096;
const NEW_LINE = 10;

/**
 * @param kernel - its dictionary is kept and added to; codes and pending bytes in it are dropped. Not to be used by
 *   others until the scan is over.
 * @param onCodes - gets the codes of the block's tokens in order, a non-empty piece at a time; the view dies when it
 *   returns or its promise resolves.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`; `MEMORY_EXCEEDED` from the kernel.
 */
export const scanBlock = async (
  source: ByteSource,
  { start, end }: Pick<Block, "start" | "end">,
  kernel: TextKernel,
  mode: SplitMode,
  onCodes: (codes: Uint32Array) => void | Promise<void>,
  { pieceBytes = PIECE_BYTES }: BlockScanOptions = {},
): Promise<BlockScan> => {
  if (!(start >= 0 && start <= end)) throw new Error(`invariant: a block from ${start} to ${end}`);
  if (end > source.bytes) throw fileChanged(source, source.bytes, `end before ${end}, where its block ends`);
  kernel.beginBlock();
  kernel.clearCodes();
  const middle = start + Math.floor((end - start) / 2);
  let position = Math.max(0, start - 1);
  let rowCount = 0;
  let bytesRead = 0;
  let half: DistinctCount = { rowCount: 0, distinct: 0 };

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
    kernel.split(mode, added, final);
    const codes = kernel.codes();
    if (codes.length === 0) return;
    rowCount += codes.length;
    await onCodes(codes);
    kernel.clearCodes();
  };

  // Until a delimiter has been seen, bytes belong to a token that began in an earlier block.
  let owned = start === 0;
  while (position < end) {
    // A piece ends at the middle, so that the counts there do not depend on how much a read returns.
    const piece = await fill(Math.min(pieceBytes, (position < middle ? middle : end) - position));
    let from = 0;
    if (!owned) {
      const delimiter = indexOfDelimiter(piece, mode);
      if (delimiter < 0) continue;
      owned = true;
      from = delimiter + 1;
      piece.copyWithin(0, from);
    }
    await take(piece.length - from, false);
    if (position === middle) half = { rowCount, distinct: kernel.blockDistinct };
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
  return { rowCount, distinct: kernel.blockDistinct, half, bytesRead };
};

/** The index of the first delimiter in `bytes`, or -1. */
const indexOfDelimiter = (bytes: Uint8Array, mode: SplitMode): number => {
  if (mode === "lines") return bytes.indexOf(NEW_LINE);
  // A loop, because findIndex would call a function for every byte of a giant word.
  for (let index = 0; index < bytes.length; index++) if (isWhiteSpace(bytes[index]!)) return index;
  return -1;
};

/** The six bytes of C's isspace: space, \t, \n, \v, \f, \r. */
const isWhiteSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

const fileChanged = (source: ByteSource, position: number, what: string): Eau2Error =>
  new Eau2Error(
    "FILE_CHANGED",
    `read ${source.name ?? "input"} of ${source.bytes} bytes: ${what}; it was cut or replaced while it was read, load it again`,
    { position, bytes: source.bytes },
  );
