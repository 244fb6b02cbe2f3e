/**
 * Blocks of a CSV file become chunks of typed columns: see split-blocks.ts. Where the first row begins is told, or guessed;
 * from there on each block begins where the one before it ended. What was guessed and where the last row ended is told, so
 * that whoever knows all runs can check them.
 */
import { z } from "zod";
import { SCHEMA_COLUMNS_MAX } from "../column/schema-record.js";
import { CsvColumn, CsvDialect, CsvNulls } from "../csv/csv-types.js";
import { guessRowStart } from "../csv/guess-row-start.js";
import { type DialectBytes, dialectBytes } from "../csv/read-row.js";
import { scanCsvBlock } from "../csv/scan-csv-block.js";
import { defineTask, type Task } from "../task/task.js";
import { BAD_ROW_POLICIES, BlockLines } from "../text/bad-rows.js";
import type { Block } from "../text/block-plan.js";
import { type ByteSource, fileChanged } from "../text/byte-source.js";
import { withCsvKernel } from "./shelf.js";
import {
  ColumnStrings,
  type OpenFiles,
  SEGMENT_BYTES_MAX,
  SplitBlock,
  SplitInput,
  splitBlocks,
  splitResult,
} from "./split-blocks.js";
import { StagedRows } from "./staged-rows.js";

/** What is looked at to guess, at first. */
const GUESS_BYTES = 64 * 1024;

/** How a worker opens files. */
export interface CsvFiles {
  readonly openFile: OpenFiles;
  /** What a compressed file holds, to be read from its begin on. */
  readonly openInflated: OpenFiles;
}

export interface SplitCsvOptions {
  /** Memory of all dictionaries that closes their segment. It never shows in a frame. @defaultValue 64 MiB */
  readonly segmentBytesMax?: number;
}

export const SplitCsvArgs = z.strictObject({
  dialect: CsvDialect,
  nulls: CsvNulls,
  /** Of the file, in order; null: read past. */
  columns: z.array(CsvColumn.nullable()).min(1).max(SCHEMA_COLUMNS_MAX),
  /** Positions among them of the frame's columns, in order. */
  order: z.array(z.int().min(0)).max(SCHEMA_COLUMNS_MAX),
  /** "error" leaves bad rows out and reports them, as "discard" does: only all blocks together know their line numbers. */
  badRows: z.enum(BAD_ROW_POLICIES),
  /** Where the first row begins that begins in the first block or behind it; null: it is guessed. */
  from: z.int().min(0).nullable(),
  /** The file is compressed and read from its begin: the blocks, of so many bytes, are those of what it holds. Null: it is not. */
  inflatedBlockBytes: z.int().min(1).nullable(),
  ...SplitInput.shape,
});
export type SplitCsvArgs = z.infer<typeof SplitCsvArgs>;

const CsvBlock = z.strictObject({
  ...SplitBlock.shape,
  ...BlockLines.shape,
  strings: ColumnStrings,
  /** Columns of the file with values that their guessed type does not take, and bits of `SEEN` for each. */
  seen: z.array(z.tuple([z.int().min(0), z.int().min(1)])),
  /** The line, counted like those of bad rows, and the column of a quote that is never closed; or where a row is too long. */
  endless: z.strictObject({ line: z.int().min(0), column: z.int().min(0).nullable() }).nullable(),
});
export type CsvBlock = z.infer<typeof CsvBlock>;

export const SplitCsvResult = splitResult(CsvBlock).extend({
  /** Where the first row was taken to begin; null: no row begins in these blocks. */
  from: z.number().min(0).nullable(),
  /** Behind the last row; null if its end is not in the bytes there are. */
  end: z.number().min(0).nullable(),
});
export type SplitCsvResult = z.infer<typeof SplitCsvResult>;

/** Where the first row behind `start` begins, as a guess; undefined if none begins before `end`. */
const guessFrom = async (
  source: ByteSource,
  start: number,
  end: number,
  readableEnd: number,
  columnCount: number,
  dialect: DialectBytes,
): Promise<number | undefined> => {
  if (start === 0) return 0;
  for (let bytes = GUESS_BYTES; ; bytes *= 4) {
    const piece = new Uint8Array(Math.min(bytes, readableEnd - start + 1));
    for (let filled = 0; filled < piece.length; ) {
      const count = await source.read(start - 1 + filled, piece.subarray(filled));
      if (count === 0) throw fileChanged(source, start - 1 + filled, `no bytes at ${start - 1 + filled}`);
      filled += count;
    }
    const guess = guessRowStart(piece, columnCount, dialect);
    if (guess >= 0) return start - 1 + guess < end ? start - 1 + guess : undefined;
    if (piece.length >= end - start + 1 || piece.length < bytes) return undefined;
  }
};

/** Where the frame's columns are among those that the kernel collects, which are in the order of the file. */
const places = (columns: readonly unknown[], order: readonly number[]): number[] => {
  const collected = columns.flatMap((column, index) => (column === null ? [] : [index]));
  return order.map((column) => collected.indexOf(column));
};

/** The blocks of a stream, whose end shows itself. */
function* streamBlocks(blockBytes: number): Iterable<Pick<Block, "index" | "start" | "end">> {
  for (let index = 0; ; index++) yield { index, start: index * blockBytes, end: (index + 1) * blockBytes };
}

/** @throws from the task: `FILE_MISSING`, `FILE_CHANGED`, `DENIED`, `DATA_INVALID`, `MEMORY_EXCEEDED`, `VALUE_TOO_LARGE`. */
export const splitCsvTask = (
  { openFile, openInflated }: CsvFiles,
  { segmentBytesMax = SEGMENT_BYTES_MAX }: SplitCsvOptions = {},
): Task<SplitCsvArgs> =>
  defineTask({
    name: "csv.split",
    args: SplitCsvArgs,
    run: ({ dialect, nulls, columns, order, badRows: policy, from: known, inflatedBlockBytes, ...input }, context) => {
      const { chunkRows, inputStart, file } = input;
      const isStream = inflatedBlockBytes !== null;
      const blocks = isStream ? streamBlocks(inflatedBlockBytes) : input.blocks;
      const layout = { dialect, nulls, columns, policy, chunkRows };
      const textColumns = order.filter((column) => columns[column]?.type === "utf8");
      const lastEnd = isStream ? Infinity : input.blocks.at(-1)!.end;
      const readableEnd = isStream
        ? Infinity
        : inputStart === null
          ? file.bytes
          : inputStart + context.inputs[0]!.length;
      return withCsvKernel(layout, context, async (kernel) => {
        const staged = new StagedRows(kernel, textColumns, context, places(columns, order));
        let isFirst = true;
        let first: number | undefined;
        let next: number | undefined;
        const split = await splitBlocks<CsvBlock>(
          { ...input, blocks },
          isStream ? openInflated : openFile,
          context,
          {
            read: async (source, block) => {
              if (isFirst) {
                isFirst = false;
                const guess = (): Promise<number | undefined> =>
                  guessFrom(source, block.start, lastEnd, readableEnd, columns.length, dialectBytes(dialect));
                first = known ?? (await guess());
                next = first ?? lastEnd;
              }
              staged.begin();
              const from = next ?? lastEnd;
              const options = { readableEnd };
              const { bytesRead, end, isLast, ...scan } = await scanCsvBlock(
                source,
                block,
                from,
                kernel,
                textColumns,
                staged.add,
                options,
              );
              // Blocks behind a row without an end have none.
              next = next === undefined ? undefined : end;
              const { refs, rowCounts } = staged.end();
              const told = { index: block.index, ...scan, chunks: rowCounts };
              // Behind a row without an end a stream is over.
              return { block: told, chunks: refs, bytesRead, isLast: isStream && (isLast || end === undefined) };
            },
            dictionaryBytes: () => kernel.dictionaryBytes,
            dictionaries: () => staged.dictionaries(),
            reset: () => kernel.reset(layout),
          },
          segmentBytesMax,
        );
        // A run in which no row begins has no end of its own.
        const end = first === undefined ? null : (next ?? null);
        const value: SplitCsvResult = {
          ...(split.value as Omit<SplitCsvResult, "from" | "end">),
          from: first ?? null,
          end,
        };
        return { ...split, value };
      });
    },
  });
