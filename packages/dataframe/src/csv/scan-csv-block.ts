/**
 * Reads the rows of one block of CSV: those that begin in it, wherever they end.
 *
 * Where the first of them begins is known to the caller: behind the last row of the block before. So blocks that follow one
 * another are read without any doubt, and a run of blocks hangs on one position alone.
 */
import type { CsvKernel } from "../kernels/csv-kernel-types.js";
import type { BlockLines } from "../text/bad-rows.js";
import type { Block } from "../text/block-plan.js";
import { type ByteSource, fileChanged } from "../text/byte-source.js";
import type { BlockDistinctCount } from "../text/dictionary-rule.js";
import type { BlockScanOptions } from "../text/feed-block.js";

export interface CsvBlockScan extends BlockLines {
  readonly rowCount: number;
  /** For each column of strings the rows that have one, and how many are different; nulls are in neither. */
  readonly strings: Required<BlockDistinctCount>[];
  /** Columns of the file with values that their guessed type does not take, and bits of `SEEN` for each. */
  readonly seen: [column: number, bits: number][];
  readonly bytesRead: number;
  /** Behind the last row; undefined if it has no end in the bytes there are. */
  readonly end: number | undefined;
  /** The source has no bytes behind its last row. */
  readonly isLast: boolean;
  /** Then, where it begins, or where the quote in it opened that is not closed. */
  readonly endless: { readonly line: number; readonly column: number | null } | null;
}

export interface CsvScanOptions extends BlockScanOptions {
  /** Bytes of the source that can be read; a row that goes on behind them has no end. @defaultValue all */
  readonly readableEnd?: number;
}

/** Most bytes of a row. A quote that is open for so long will hardly be closed. */
const CSV_ROW_BYTES_MAX = 256 * 1024 ** 2;

const PIECE_BYTES = 512 * 1024;
/** The end of a last row is usually near; later reads double. */
const TAIL_BYTES = 4096;

/**
 * @param block - where rows of the block may begin; of a source whose size is not known, an end behind its own is fine.
 * @param from - where the first row begins that begins at or behind the block's start.
 * @param kernel - its dictionaries are kept and added to; it holds no rows. Not to be used by others until the scan is over.
 * @param textColumns - the columns of strings, for `strings`.
 * @param onChunk - takes the kernel's rows, one or more, and clears them. At the block's end none are left.
 * @throws Eau2Error `FILE_CHANGED` when the source ends before its `bytes`; `MEMORY_EXCEEDED` from the kernel.
 */
export const scanCsvBlock = async (
  source: ByteSource,
  { start, end }: Pick<Block, "start" | "end">,
  from: number,
  kernel: CsvKernel,
  textColumns: readonly number[],
  onChunk: () => void | Promise<void>,
  { pieceBytes = PIECE_BYTES, readableEnd = source.bytes }: CsvScanOptions = {},
): Promise<CsvBlockScan> => {
  kernel.beginBlock();
  source.forget?.(from);
  const counts = (): { rowCount: number; distinct: number }[] =>
    textColumns.map((column) => kernel.blockStrings(column));
  let position = from;
  let isLast = position >= source.bytes;
  let bytesRead = 0;

  const fill = async (bytes: number): Promise<number> => {
    const answer = source.read(position, kernel.space(bytes));
    const count = typeof answer === "number" ? answer : await answer;
    if (count === 0 && source.bytes !== Infinity) throw fileChanged(source, position, `no bytes at ${position}`);
    position += count;
    bytesRead += count;
    isLast = count === 0 || position === source.bytes;
    return count;
  };
  const parse = async (added: number, single: boolean): Promise<void> => {
    for (let isFull = kernel.parse(added, isLast, single); isFull; isFull = kernel.parse(0, isLast, single)) {
      await onChunk();
    }
  };
  const rowsEnd = (): number => from + kernel.rowBytes;
  const canGoOn = (): boolean => !isLast && position < readableEnd && kernel.pendingBytes <= CSV_ROW_BYTES_MAX;

  /** Parses rows one by one until `limit`. @returns whether the last one has an end. */
  const finishRows = async (limit: number): Promise<boolean> => {
    let isNext = true;
    for (let bytes = TAIL_BYTES; rowsEnd() < Math.min(limit, position); ) {
      const before = kernel.rowBytes;
      const goesOn = !isNext && canGoOn();
      await parse(goesOn ? await fill(Math.min(bytes, pieceBytes, readableEnd - position)) : 0, true);
      if (goesOn) bytes *= 2;
      const isParsed = kernel.rowBytes > before;
      if (!isParsed && !isNext && !goesOn) return false;
      isNext = isParsed;
    }
    return true;
  };
  /** Parses all rows that begin before `limit`. @returns whether the last one has an end. */
  const rowsBefore = async (limit: number): Promise<boolean> => {
    let isWhole = true;
    while (isWhole && position < limit && !isLast && position < readableEnd) {
      while (position < limit && canGoOn()) {
        const pieceEnd = Math.min(readableEnd, limit);
        await parse(await fill(Math.min(pieceBytes, pieceEnd - position)), false);
      }
      // The kernel puts long rows off, and a last one goes on behind the limit.
      isWhole = await finishRows(limit);
    }
    return isWhole && finishRows(limit);
  };

  const middle = start + Math.floor((end - start) / 2);
  let isWhole = await rowsBefore(middle);
  const halves = counts();
  isWhole &&= await rowsBefore(end);
  if (kernel.rowCount > 0) await onChunk();
  return {
    lineCount: kernel.lineCount,
    rowCount: kernel.blockRowCount,
    badRowCount: kernel.badRowCount,
    badRows: kernel.badRows(),
    strings: counts().map((count, index) => ({ ...count, half: halves[index]! })),
    seen: kernel.seen().flatMap((bits, column) => (bits === 0 ? [] : [[column, bits] satisfies [number, number]])),
    bytesRead,
    isLast: isLast && rowsEnd() === position,
    end: isWhole ? rowsEnd() : undefined,
    endless: isWhole ? null : (kernel.openQuote ?? { line: kernel.lineCount, column: null }),
  };
};
