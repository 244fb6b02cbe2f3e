/**
 * Text files to a frame of words or lines. Every node that sees a file reads its share of the blocks; to the others this
 * node, which sees them all, sends theirs. Each run of blocks is split into codes of a dictionary of its own; then
 * the dictionaries become one, in order of first appearance, and the codes are rewritten once, where they lie. So chunk
 * and dictionary bytes depend on the input, the block size and the rows a chunk alone.
 */
import {
  CHUNK_ROWS,
  CHUNK_ROWS_MAX,
  type FrameId,
  type FrameRecord,
  planBlocks,
  type SplitTextArgs,
  SplitTextResult,
} from "@eau2/dataframe";
import { KeyRecord } from "@eau2/protocol";
import { z } from "zod";
import { defineJob, type JobContext } from "./job.js";
import { loadFrame, putRecord } from "./load-frame.js";
import { stagedSegments } from "./loaded-runs.js";
import type { LocatedFiles } from "./locate-files.js";
import { sealSegments, unifyColumn } from "./seal-segments.js";
import { checkUnchanged, ShardShare, shardShares, splitRuns, stagedPrefix } from "./split-runs.js";
import { Phase, Stopwatch } from "./stopwatch.js";

export const LoadTextArgs = z.strictObject({
  /** Absolute paths; equal on every node that sees the file. */
  paths: z.array(z.string().min(1).max(4096)).min(1).max(10_000),
  mode: z.enum(["words", "lines"]),
  chunkRows: z.int().min(1).max(CHUNK_ROWS_MAX).default(CHUNK_ROWS),
  blockBytes: z.int().min(1).optional(),
});
export type LoadTextArgs = z.infer<typeof LoadTextArgs>;

export const LoadTextResult = z.strictObject({
  frame: KeyRecord,
  rowCount: z.int(),
  inputBytes: z.number(),
  coded: z.boolean(),
  shares: z.array(ShardShare),
  phases: z.array(Phase),
});
export type LoadTextResult = z.infer<typeof LoadTextResult>;

export const loadTextJob = defineJob<LoadTextArgs, LoadTextResult>({
  name: "text.load",
  args: LoadTextArgs as z.ZodType<LoadTextArgs>,
  result: LoadTextResult,
  run: (args, context) =>
    loadFrame({ name: "text.load", args, parse: LoadTextResult.parse }, context, (id, located) =>
      load(args, located, id, context),
    ),
});

const load = async (
  args: LoadTextArgs,
  located: LocatedFiles,
  id: FrameId,
  context: JobContext,
): Promise<LoadTextResult> => {
  const watch = new Stopwatch(context);
  const { mode, chunkRows, blockBytes } = args;
  const blocks = planBlocks(
    located.fingerprints.map(({ bytes }) => bytes),
    blockBytes === undefined ? {} : { blockBytes },
  );
  const runs = await splitRuns(
    {
      task: "text.split",
      prefix: stagedPrefix(context),
      shape: { mode, chunkRows },
      dictionaryCount: 1,
      argsOf: (input): SplitTextArgs => ({ mode, chunkRows, ...input }),
      segmentsOf: (value) => SplitTextResult.parse(value).segments,
    },
    args.paths,
    located,
    blocks,
    context,
  );
  watch.lap("split");
  await checkUnchanged(args.paths, located, context);

  const counts = runs.flatMap((run) => run.segments.flatMap((segment) => segment.blocks));
  const segments = stagedSegments(runs);
  const text = await unifyColumn(
    0,
    segments.flatMap(({ dictionaries }) => dictionaries),
    counts,
    id,
    context,
  );
  watch.lap("unify");
  const { dictionary } = text;
  const task =
    dictionary === null
      ? { name: "text.seal-plain", args: {} }
      : { name: "text.seal-coded", args: { dictionarySize: dictionary.size } };
  const { chunks, bytes } = await sealSegments(task, segments, [text], id, context);
  watch.lap("seal");
  const record: FrameRecord = {
    id,
    schema: { columns: [{ name: mode === "words" ? "word" : "line", type: "utf8" }] },
    rowCount: counts.reduce((sum, block) => sum + block.rowCount, 0),
    chunks,
    dictionaries: [dictionary],
    bytes,
  };
  return {
    frame: await putRecord(record, context),
    rowCount: record.rowCount,
    inputBytes: located.fingerprints.reduce((sum, file) => sum + file.bytes, 0),
    coded: dictionary !== null,
    shares: shardShares(runs, context.shards),
    phases: watch.phases,
  };
};
