/**
 * SoR files ("schema on read") to a frame. The schema is declared or inferred from the first 500 lines of the first file;
 * blocks are read wherever the files can be seen, and bad rows are discarded, nulled or an error, with their line numbers.
 */
import {
  assertNoBadRows,
  BAD_ROW_POLICIES,
  ColumnRecord,
  type FrameId,
  inferSorSchema,
  mergeBadRows,
  planBlocks,
  planRangeBlocks,
  readSorHead,
  type SealColumnsArgs,
  SOR_COLUMN_TYPES,
  type SorSchema,
  type SplitSorArgs,
  SplitSorResult,
  wholeLinesEnd,
} from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import { z } from "zod";
import type { JobContext } from "./job.js";
import { withSource } from "./job-source.js";
import { blockReports, LineReport, lineReport } from "./line-report.js";
import { LoadArgs, LoadResult, loadBlocks } from "./load-blocks.js";
import { defineLoadJob } from "./load-frame.js";
import type { LocatedFiles } from "./locate-files.js";
import { Stopwatch } from "./stopwatch.js";

const LoadSorArgs = z.strictObject({
  ...LoadArgs.shape,
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
});
type LoadSorArgs = z.infer<typeof LoadSorArgs>;

export const LoadSorResult = z.strictObject({ ...LoadResult.shape, lines: LineReport });
export type LoadSorResult = z.infer<typeof LoadSorResult>;

const load = async (
  args: LoadSorArgs,
  located: LocatedFiles,
  id: FrameId,
  context: JobContext,
): Promise<LoadSorResult> => {
  const watch = new Stopwatch(context);
  const { paths, chunkRows, badRows } = args;
  const schema = await schemaOfFiles(args, located, context);
  const columns = schema.columns.map(({ name, type }) => ({ name, type }));
  const types = columns.map(({ type }) => type);
  const blocks = await blocksOfFiles(args, located, context);
  watch.lap("schema");
  let lines = mergeBadRows([]);
  const { result } = await loadBlocks(
    {
      columns,
      split: {
        task: "sor.split",
        shape: { mode: "lines", chunkRows },
        argsOf: (input): SplitSorArgs => ({ types, badRows, chunkRows, ...input }),
        segmentsOf: (value) => SplitSorResult.parse(value).segments,
      },
      stringsOf: ({ strings }) => strings,
      sealTask: (dictionaries) => ({
        name: "columns.seal",
        args: {
          columns: types.map((type, column) => ({ type, dictionarySize: dictionaries[column]?.size ?? null })),
        } satisfies SealColumnsArgs,
      }),
      check: (read) => {
        lines = mergeBadRows(blockReports(read));
        const names = columns.map(({ name }) => name);
        if (badRows === "error") assertNoBadRows(lines, paths, names);
      },
    },
    paths,
    blocks,
    located,
    id,
    watch,
    context,
  );
  return { ...result, lines: lineReport(lines) };
};

/** Declared, or from the first lines of the first file: of the file, not of the range. */
const schemaOfFiles = (args: LoadSorArgs, located: LocatedFiles, context: JobContext): Promise<SorSchema> => {
  if (args.schema !== null) return Promise.resolve({ columns: args.schema });
  const { bytes } = located.fingerprints[0]!;
  return withSource(args.paths[0]!, bytes, context, async (source) =>
    inferSorSchema(await readSorHead(source), args.names),
  );
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
  const linesEnd = await withSource(paths[0]!, sizes[0]!, context, (source) => wholeLinesEnd(source, fileRange));
  return planRangeBlocks(sizes[0]!, fileRange, linesEnd, options);
};

export const loadSorJob = defineLoadJob({ name: "sor.load", args: LoadSorArgs, result: LoadSorResult, load });
