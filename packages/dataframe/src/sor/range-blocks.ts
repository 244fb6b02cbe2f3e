/**
 * `fromFile(..., {from, length})` of the handout: a range that does not begin at 0 drops its first line if that is a partial
 * one, and a range that ends early drops its last. A line is its bytes and the "\n" behind them; it is in the range when
 * all of them are (or, at the end of the file, all there are). Where the range ends in a line is the only thing that takes
 * a look at the file: with the range cut there, blocks that own the lines beginning in them are just those lines.
 */
import { Eau2Error } from "@eau2/protocol";
import { type Block, type BlockPlanOptions, planBlocks } from "../text/block-plan.js";
import type { ByteSource } from "../text/byte-source.js";

/** Bytes `from` up to `from + length` of a file; a part behind its end is no part of it. */
export interface FileRange {
  /** @defaultValue 0 */
  readonly from?: number;
  /** @defaultValue all that follow */
  readonly length?: number;
}

const SEARCH_BYTES = 64 * 1024;
const NEW_LINE = 10;

/**
 * The range as positions inside the file.
 * @throws Eau2Error `USAGE` when `from` or `length` are not whole numbers from 0 on.
 */
export const rangeOf = (
  fileBytes: number,
  { from = 0, length = fileBytes }: FileRange,
): { start: number; end: number } => {
  if (!(Number.isSafeInteger(from) && from >= 0 && Number.isSafeInteger(length) && length >= 0)) {
    throw new Eau2Error(
      "USAGE",
      `read ${length} bytes from ${from} on of a file of ${fileBytes}: both must be whole numbers from 0 on`,
      { from, length, bytes: fileBytes },
    );
  }
  const start = Math.min(from, fileBytes);
  return { start, end: Math.min(fileBytes, start + length) };
};

/**
 * Where the last whole line of a range ends: behind the last "\n" in it, its start if there is none, its end if that is
 * the file's. Searched backwards, so a range costs a read of some KiB.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`; `USAGE` for a range that is none.
 */
export const wholeLinesEnd = async (source: ByteSource, range: FileRange): Promise<number> => {
  const { start, end } = rangeOf(source.bytes, range);
  if (end === source.bytes) return end;
  const piece = new Uint8Array(SEARCH_BYTES);
  for (let pieceEnd = end; pieceEnd > start; ) {
    const pieceStart = Math.max(start, pieceEnd - SEARCH_BYTES);
    const bytes = piece.subarray(0, pieceEnd - pieceStart);
    for (let filled = 0; filled < bytes.length; ) {
      const count = await source.read(pieceStart + filled, bytes.subarray(filled));
      if (count === 0) {
        throw new Eau2Error(
          "FILE_CHANGED",
          `read ${source.name ?? "input"} of ${source.bytes} bytes: no bytes at ${pieceStart + filled}; it was cut while it was read, load it again`,
          { position: pieceStart + filled, bytes: source.bytes },
        );
      }
      filled += count;
    }
    const newLine = bytes.lastIndexOf(NEW_LINE);
    if (newLine >= 0) return pieceStart + newLine + 1;
    pieceEnd = pieceStart;
  }
  return start;
};

/**
 * The blocks of a range of one file; together they own its whole lines.
 * @param linesEnd - what `wholeLinesEnd` says of it.
 * @throws Eau2Error `USAGE` as `planBlocks`, and for a range that is none.
 */
export const planRangeBlocks = (
  fileBytes: number,
  range: FileRange,
  linesEnd: number,
  options: BlockPlanOptions = {},
): Block[] => {
  const { start, end } = rangeOf(fileBytes, range);
  if (linesEnd < start || linesEnd > end) throw new Error(`invariant: lines of ${start} to ${end} end at ${linesEnd}`);
  return planBlocks([linesEnd - start], options).map((block) => ({
    ...block,
    start: start + block.start,
    end: start + block.end,
  }));
};
