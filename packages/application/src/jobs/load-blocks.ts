/**
 * Files to a frame, block by block. Every node that sees a file reads its share of the blocks; to the others this node,
 * which sees them all, sends theirs. Each run of blocks is read into chunks whose strings are codes of dictionaries of its own;
 * then the dictionaries of a column become one, in order of first appearance, and the codes are rewritten once, where they
 * lie. So chunk and dictionary bytes depend on the input, the block size and the rows a chunk alone.
 */
import {
  type Block,
  type BlockDistinctCount,
  CHUNK_ROWS,
  CHUNK_ROWS_MAX,
  type FrameId,
  type FrameRecord,
  frameChunkPrefix,
} from "@eau2/dataframe";
import { KeyRecord } from "@eau2/protocol";
import { z } from "zod";
import type { JobContext } from "./job.js";
import { putRecord } from "./load-frame.js";
import { type SplitBlock, type SplitRun, stagedSegments } from "./loaded-runs.js";
import type { LocatedFiles } from "./locate-files.js";
import { finalChunks, type SealTask, sealSegments, unifyColumn } from "./seal-segments.js";
import { checkUnchanged, ShardShare, type SplitFormat, shardShares, splitRuns, workPrefix } from "./split-runs.js";
import { Phase, type Stopwatch } from "./stopwatch.js";

/** What every such job is told. */
export const LoadArgs = z.strictObject({
  /** Absolute paths; equal on every node that sees the file. */
  paths: z.array(z.string().min(1).max(4096)).min(1).max(10_000),
  chunkRows: z.int().min(1).max(CHUNK_ROWS_MAX).default(CHUNK_ROWS),
  blockBytes: z.int().min(1).optional(),
});

/** What every such job answers. */
export const LoadResult = z.strictObject({
  frame: KeyRecord,
  rowCount: z.int(),
  inputBytes: z.number(),
  shares: z.array(ShardShare),
  phases: z.array(Phase),
});

export interface BlockFormat<Read extends SplitBlock> {
  readonly columns: FrameRecord["schema"]["columns"];
  readonly split: Omit<SplitFormat<Read>, "prefix" | "dictionaryCount">;
  /** What the dictionary rule asks for, of each column of strings of a block. */
  stringsOf(block: Read): readonly BlockDistinctCount[];
  /** Seals with these dictionaries, one for each column, null where there is none. */
  sealTask(dictionaries: FrameRecord["dictionaries"]): SealTask;
  /** Looks at all blocks before anything is made of them, with the position of their file. What it throws ends the load. */
  check?(blocks: readonly (Read & { readonly file: number })[]): void;
}

/** Blocks that were read, and may be made a frame of. */
interface ReadBlocks<Read extends SplitBlock> {
  readonly runs: readonly SplitRun<Read>[];
  readonly blocks: readonly Block[];
}

interface LoadedBlocks {
  readonly result: z.infer<typeof LoadResult>;
  readonly dictionaries: FrameRecord["dictionaries"];
}

/** @throws {@link Eau2Error} `FILE_CHANGED`, and what the tasks throw. */
export const loadBlocks = async <Read extends SplitBlock>(
  format: BlockFormat<Read>,
  paths: readonly string[],
  blocks: readonly Block[],
  located: LocatedFiles,
  id: FrameId,
  watch: Stopwatch,
  context: JobContext,
): Promise<LoadedBlocks> => {
  const runs = await splitRuns(splitFormat(format, id, context), paths, located, blocks, context);
  watch.lap("split");
  await checkUnchanged(paths, located, context);
  format.check?.(blocksOf(runs));
  return buildFrame(format, { runs, blocks }, id, watch, context);
};

/** Of all runs, in origin order. */
export const blocksOf = <Read extends SplitBlock>(
  runs: readonly SplitRun<Read>[],
): (Read & { readonly file: number })[] =>
  runs.flatMap(({ run, segments }) =>
    segments.flatMap((segment) => segment.blocks.map((block) => ({ ...block, file: run.file }))),
  );

const textColumnsOf = ({ columns }: Pick<BlockFormat<never>, "columns">): number[] =>
  columns.flatMap(({ type }, column) => (type === "utf8" ? [column] : []));

/**
 * How runs are split and where what is read of them lies.
 * @param attempt - tells apart what is read of the same run more than once.
 */
export const splitFormat = <Read extends SplitBlock>(
  { columns, split }: Pick<BlockFormat<Read>, "columns" | "split">,
  id: FrameId,
  context: JobContext,
  attempt = "s",
): SplitFormat<Read> => {
  const dictionaryCount = textColumnsOf({ columns }).length;
  // Without strings chunks are staged as they stay.
  const place = dictionaryCount === 0 ? frameChunkPrefix(id) : workPrefix(context);
  return { ...split, prefix: `${place}/${attempt}`, dictionaryCount };
};

/** The frame of blocks that have been read. */
export const buildFrame = async <Read extends SplitBlock>(
  { columns, stringsOf, sealTask }: BlockFormat<Read>,
  { runs, blocks }: ReadBlocks<Read>,
  id: FrameId,
  watch: Stopwatch,
  context: JobContext,
): Promise<LoadedBlocks> => {
  const read = blocksOf(runs);
  const segments = stagedSegments(runs);
  const dictionaries: FrameRecord["dictionaries"] = columns.map(() => null);
  const textColumns = textColumnsOf({ columns });
  const texts = [];
  for (const [index, column] of textColumns.entries()) {
    const inputs = segments.map((segment) => segment.dictionaries[index]!);
    const counts = read.map((block) => stringsOf(block)[index]!);
    const text = await unifyColumn(column, inputs, counts, id, context);
    dictionaries[column] = text.dictionary;
    texts.push(text);
  }
  watch.lap("unify");
  const { chunks, bytes } =
    textColumns.length === 0
      ? finalChunks(segments)
      : await sealSegments(sealTask(dictionaries), segments, texts, id, context);
  watch.lap("seal");
  const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const record: FrameRecord = { id, schema: { columns }, rowCount, chunks, dictionaries, bytes };
  const result = {
    frame: await putRecord(record, context),
    rowCount,
    inputBytes: blocks.reduce((sum, { start, end }) => sum + end - start, 0),
    shares: shardShares(runs, context.shards),
    phases: watch.phases,
  };
  return { result, dictionaries };
};
