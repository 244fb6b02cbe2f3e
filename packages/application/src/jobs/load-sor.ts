/**
 * SoR files ("schema on read") to a frame. The schema is declared or inferred from the first 500 lines of the first file;
 * blocks are read wherever the files can be seen, and bad rows are discarded, nulled or an error, with their line numbers.
 */
import {
  assertNoBadRows,
  BAD_ROW_POLICIES,
  type BadRowReport,
  type BlockReport,
  type ByteSource,
  CHUNK_ROWS,
  CHUNK_ROWS_MAX,
  ColumnRecord,
  type FrameId,
  type FrameRecord,
  frameChunkPrefix,
  inferSorSchema,
  mergeBadRows,
  planBlocks,
  planRangeBlocks,
  readSorHead,
  type SealSorArgs,
  SOR_COLUMN_TYPES,
  type SorSchema,
  type SplitSorArgs,
  SplitSorResult,
  wholeLinesEnd,
} from "@eau2/dataframe";
import { Eau2Error, KeyRecord } from "@eau2/protocol";
import { z } from "zod";
import { defineJob, type JobContext } from "./job.js";
import { loadFrame, putRecord } from "./load-frame.js";
import { stagedSegments } from "./loaded-runs.js";
import type { LocatedFiles } from "./locate-files.js";
import { finalChunks, type SealedText, sealSegments, unifyColumn } from "./seal-segments.js";
import { checkUnchanged, ShardShare, shardShares, splitRuns, stagedPrefix } from "./split-runs.js";
import { Phase, Stopwatch } from "./stopwatch.js";

export const LoadSorArgs = z.strictObject({
  /** Absolute paths; equal on every node that sees the file. */
  paths: z.array(z.string().min(1).max(4096)).min(1).max(10_000),
  /** The columns, or null to infer them. */
  schema: z
    .array(z.strictObject({ name: ColumnRecord.shape.name, type: z.enum(SOR_COLUMN_TYPES) }))
    .max(4096)
    .nullable()
    .default(null),
  /** Names of inferred columns. */
  names: z.array(ColumnRecord.shape.name).max(4096).optional(),
  badRows: z.enum(BAD_ROW_POLICIES).default("discard"),
  /** Bytes of the one file: whole lines inside them are loaded. */
  range: z.strictObject({ from: z.int().min(0), length: z.int().min(0).optional() }).optional(),
  chunkRows: z.int().min(1).max(CHUNK_ROWS_MAX).default(CHUNK_ROWS),
  blockBytes: z.int().min(1).optional(),
});
export type LoadSorArgs = z.infer<typeof LoadSorArgs>;

const BadRows = z.strictObject({
  lineCount: z.int().min(0),
  badRowCount: z.int().min(0),
  badRows: z.array(z.strictObject({ file: z.int(), line: z.int(), column: z.int(), fault: z.string() })),
});

export const LoadSorResult = z.strictObject({
  frame: KeyRecord,
  rowCount: z.int(),
  inputBytes: z.number(),
  lines: BadRows,
  shares: z.array(ShardShare),
  phases: z.array(Phase),
});
export type LoadSorResult = z.infer<typeof LoadSorResult>;

export const loadSorJob = defineJob<LoadSorArgs, LoadSorResult>({
  name: "sor.load",
  args: LoadSorArgs as z.ZodType<LoadSorArgs>,
  result: LoadSorResult,
  run: (args, context) =>
    loadFrame({ name: "sor.load", args, parse: LoadSorResult.parse }, context, (id, located) =>
      load(args, located, id, context),
    ),
});

const load = async (
  args: LoadSorArgs,
  located: LocatedFiles,
  id: FrameId,
  context: JobContext,
): Promise<LoadSorResult> => {
  const watch = new Stopwatch(context);
  const { paths, chunkRows, badRows } = args;
  const schema = await schemaOfFiles(args, located, context);
  const types = schema.columns.map(({ type }) => type);
  const textColumns = types.flatMap((type, column) => (type === "utf8" ? [column] : []));
  const blocks = await blocksOfFiles(args, located, context);
  watch.lap("schema");
  const runs = await splitRuns(
    {
      task: "sor.split",
      // Without strings chunks are staged as they stay.
      prefix: textColumns.length === 0 ? frameChunkPrefix(id) : stagedPrefix(context),
      shape: { mode: "lines", chunkRows },
      dictionaryCount: textColumns.length,
      argsOf: (input): SplitSorArgs => ({ types, badRows, chunkRows, ...input }),
      segmentsOf: (value) => SplitSorResult.parse(value).segments,
    },
    paths,
    located,
    blocks,
    context,
  );
  watch.lap("split");
  await checkUnchanged(paths, located, context);
  const read = runs.flatMap(({ run, segments }) =>
    segments.flatMap((segment) => segment.blocks.map((block) => ({ ...block, file: run.file }))),
  );
  const lines = mergeBadRows(
    read.map(
      ({ file, lineCount, badRowCount, badRows: bad }): BlockReport => ({ file, lineCount, badRowCount, badRows: bad }),
    ),
  );
  if (badRows === "error") {
    assertNoBadRows(
      lines,
      paths,
      schema.columns.map(({ name }) => name),
    );
  }

  const segments = stagedSegments(runs);
  const texts: SealedText[] = [];
  for (const [index, column] of textColumns.entries()) {
    const dictionaries = segments.map((segment) => segment.dictionaries[index]!);
    const counts = read.map(({ strings }) => strings[index]!);
    texts.push(await unifyColumn(column, dictionaries, counts, id, context));
  }
  watch.lap("unify");
  const dictionaries: FrameRecord["dictionaries"] = types.map((_, column) =>
    textColumns.includes(column) ? texts[textColumns.indexOf(column)]!.dictionary : null,
  );
  const sealArgs: SealSorArgs = {
    columns: types.map((type, column) => ({ type, dictionarySize: dictionaries[column]?.size ?? null })),
  };
  const { chunks, bytes } =
    textColumns.length === 0
      ? finalChunks(segments)
      : await sealSegments({ name: "sor.seal", args: sealArgs }, segments, texts, id, context);
  watch.lap("seal");
  const record: FrameRecord = {
    id,
    schema: { columns: schema.columns.map(({ name, type }) => ({ name, type })) },
    rowCount: chunks.reduce((sum, { rowCount }) => sum + rowCount, 0),
    chunks,
    dictionaries,
    bytes,
  };
  return {
    frame: await putRecord(record, context),
    rowCount: record.rowCount,
    inputBytes: blocks.reduce((sum, { start, end }) => sum + end - start, 0),
    lines: reportOf(lines),
    shares: shardShares(runs, context.shards),
    phases: watch.phases,
  };
};

const reportOf = ({ lineCount, badRowCount, badRows }: BadRowReport): z.infer<typeof BadRows> => ({
  lineCount,
  badRowCount,
  badRows: badRows.map((row) => ({ ...row })),
});

/** A file of this node, for a look at a part of it. */
const withSource = async <T>(
  { paths }: Pick<LoadSorArgs, "paths">,
  { fingerprints }: LocatedFiles,
  { files }: JobContext,
  look: (source: ByteSource) => Promise<T>,
): Promise<T> => {
  const { bytes } = fingerprints[0]!;
  const file = await files.openForSending(paths[0]!, bytes);
  try {
    return await look({
      name: `"${paths[0]}"`,
      bytes,
      read: async (offset, into) => {
        const part = await file.read(offset, Math.min(bytes, offset + into.length));
        into.set(part);
        return part.length;
      },
    });
  } finally {
    await file.close();
  }
};

/** Declared, or from the first lines of the first file: of the file, not of the range. */
const schemaOfFiles = (args: LoadSorArgs, located: LocatedFiles, context: JobContext): Promise<SorSchema> => {
  if (args.schema !== null) return Promise.resolve({ columns: args.schema });
  return withSource(args, located, context, async (source) => inferSorSchema(await readSorHead(source), args.names));
};

const blocksOfFiles = async (args: LoadSorArgs, located: LocatedFiles, context: JobContext) => {
  const { paths, range, blockBytes } = args;
  const options = blockBytes === undefined ? {} : { blockBytes };
  const sizes = located.fingerprints.map(({ bytes }) => bytes);
  if (range === undefined) return planBlocks(sizes, options);
  if (paths.length > 1) {
    throw new Eau2Error("USAGE", `load a range of ${paths.length} files: a range is of one file; load them one by one`);
  }
  const { from, length } = range;
  const fileRange = { from, ...(length === undefined ? {} : { length }) };
  const linesEnd = await withSource(args, located, context, (source) => wholeLinesEnd(source, fileRange));
  return planRangeBlocks(sizes[0]!, fileRange, linesEnd, options);
};
