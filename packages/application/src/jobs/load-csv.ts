/**
 * CSV files to a frame. What is not said of them is guessed from samples of the first file. Then runs of blocks are read
 * wherever the files can be seen, all at once, although only what stands before a run says whether it begins inside of quotes:
 * each run guesses where its first row begins, and the guess is right if the run before ends there. A run that was wrong is
 * read again from where it must begin (docs/decisions/0022).
 *
 * A guessed type that does not take all values of its column becomes one that does, and everything is read again. Both are
 * decided from all blocks, so that the frame depends on the files, the block size and the rows of a chunk alone.
 */
import {
  assertNoBadRows,
  BAD_ROW_POLICIES,
  type Block,
  beginsRight,
  CSV_COLUMN_TYPES,
  type CsvBlock,
  type CsvColumnType,
  CsvDialect,
  type CsvGuess,
  type CsvHead,
  CsvNulls,
  CsvOverrides,
  csvHead,
  defaultBlockBytes,
  type FrameId,
  guessCsv,
  mergeBadRows,
  nextRow,
  planBlocks,
  type RunPlace,
  readCsvHead,
  readCsvSamples,
  type SealColumnsArgs,
  type SplitCsvArgs,
  SplitCsvResult,
  widenedType,
} from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import { z } from "zod";
import type { JobContext } from "./job.js";
import { isGzip, withInflatedSource } from "./job-source.js";
import { blockReports, LineReport, lineReport } from "./line-report.js";
import { type BlockFormat, blocksOf, buildFrame, LoadArgs, LoadResult, splitFormat } from "./load-blocks.js";
import { defineLoadJob } from "./load-frame.js";
import type { SplitRun } from "./loaded-runs.js";
import type { LocatedFiles } from "./locate-files.js";
import { runAll } from "./run-all.js";
import { checkUnchanged, splitRun, splitRuns } from "./split-runs.js";
import { Stopwatch } from "./stopwatch.js";

const LoadCsvArgs = z.strictObject({
  ...LoadArgs.shape,
  ...CsvOverrides.shape,
  badRows: z.enum(BAD_ROW_POLICIES).default("error"),
  /** Whether a guessed type may become a wider one; if not, values that it does not take are bad. */
  widen: z.boolean().default(true),
});
type LoadCsvArgs = z.infer<typeof LoadCsvArgs>;

const ColumnType = z.enum(CSV_COLUMN_TYPES);
export const LoadCsvResult = z.strictObject({
  ...LoadResult.shape,
  lines: LineReport,
  dialect: CsvDialect,
  hasHeader: z.boolean(),
  nulls: CsvNulls,
  /** Of the files, in order. */
  columns: z.array(
    z.strictObject({
      name: z.string(),
      type: ColumnType,
      format: z.string().nullable(),
      isGuessed: z.boolean(),
      isRead: z.boolean(),
    }),
  ),
  /** Columns whose guessed type did not take all values. */
  widened: z.array(z.strictObject({ column: z.int(), from: ColumnType, to: ColumnType })),
  /** Files that one shard each has read from begin to end, because gzip cannot be entered in the middle. */
  compressedFiles: z.int().min(0),
  /** Runs of blocks that were read again because their first row begins elsewhere than was guessed. */
  runsReadAgain: z.int().min(0),
});
export type LoadCsvResult = z.infer<typeof LoadCsvResult>;

/** How much larger what is compressed may be. */
const INFLATED_SHARE = 4;
/** Files whose heads are read at a time. */
const HEADS_AT_ONCE = 32;

/** Reading the files once, with types as they are known now. */
interface Reading {
  readonly args: LoadCsvArgs;
  readonly located: LocatedFiles;
  readonly guess: CsvGuess;
  readonly heads: readonly CsvHead[];
  readonly id: FrameId;
  readonly context: JobContext;
}

const load = async (
  args: LoadCsvArgs,
  located: LocatedFiles,
  id: FrameId,
  context: JobContext,
): Promise<LoadCsvResult> => {
  const watch = new Stopwatch(context);
  const { paths, blockBytes } = args;
  const sizes = located.fingerprints.map(({ bytes }) => bytes);
  let guess = await guessFirst(args, located, context);
  const heads = await headsOf(args, located, guess, context);
  const blocks = planFiles(paths, sizes, blockBytes);
  watch.lap("sniff");
  const widened: LoadCsvResult["widened"] = [];
  let runsReadAgain = 0;
  for (let attempt = 0; ; attempt++) {
    const reading: Reading = { args, located, guess, heads, id, context };
    const places = new Map<number, RunPlace>();
    const format = csvFormat(reading, places);
    const split = splitFormat(format, id, context, `s${attempt}`);
    const first = await splitRuns(split, paths, located, blocks, context);
    const settled = await settleRuns(first, places, reading, attempt);
    runsReadAgain += settled.readAgain;
    const { runs } = settled;
    watch.lap("split");
    await checkUnchanged(paths, located, context);
    const read = blocksOf(runs);
    assertRowsEnd(read, reading);
    const wider = widerTypes(read, guess);
    if (wider.length === 0) {
      const report = mergeBadRows(
        blockReports(read),
        heads.map(({ headLines }) => headLines),
      );
      if (args.badRows === "error") {
        assertNoBadRows(
          report,
          paths,
          guess.columns.map(({ name }) => name),
        );
      }
      const { result } = await buildFrame(format, { runs, blocks }, id, watch, context);
      return {
        ...result,
        lines: lineReport(report),
        ...described(guess),
        widened,
        compressedFiles: paths.filter(isGzip).length,
        runsReadAgain,
      };
    }
    await context.store.drop(split.prefix);
    widened.push(...wider);
    guess = { ...guess, columns: guess.columns.map((column, index) => ({ ...column, ...typeAmong(wider, index) })) };
  }
};

/** Blocks of all files: of a compressed one, which cannot be entered in the middle, all of it. */
const planFiles = (paths: readonly string[], sizes: readonly number[], blockBytes: number | undefined): Block[] => {
  const planned = planBlocks(sizes, blockBytes === undefined ? {} : { blockBytes });
  const whole = planned.flatMap((block) =>
    isGzip(paths[block.file]!) ? (block.start === 0 ? [{ ...block, end: sizes[block.file]! }] : []) : [block],
  );
  return whole.map((block, index) => ({ ...block, index }));
};

/** Of what a compressed file holds: it hangs on the file alone. */
const inflatedBlockBytes = (bytes: number, blockBytes: number | undefined): number =>
  blockBytes ?? defaultBlockBytes(bytes * INFLATED_SHARE);

const described = (guess: CsvGuess): Pick<LoadCsvResult, "dialect" | "hasHeader" | "nulls" | "columns"> => ({
  dialect: guess.dialect,
  hasHeader: guess.hasHeader,
  nulls: guess.nulls,
  columns: guess.columns.map(({ name, type, format, isGuessed, isRead }) => ({
    name,
    type,
    format,
    isGuessed,
    isRead,
  })),
});

const typeAmong = (wider: LoadCsvResult["widened"], index: number): { type?: CsvColumnType; format?: null } => {
  const change = wider.find(({ column }) => column === index);
  return change === undefined ? {} : { type: change.to, format: null };
};

const guessFirst = async (
  { paths, chunkRows: _rows, blockBytes: _bytes, badRows: _policy, widen, ...overrides }: LoadCsvArgs,
  located: LocatedFiles,
  context: JobContext,
): Promise<CsvGuess> => {
  const path = paths[0]!;
  const guess = await withInflatedSource(path, located.fingerprints[0]!.bytes, context, async (source) =>
    guessCsv(source.name, await readCsvSamples(source), overrides),
  );
  if (widen) return guess;
  return { ...guess, columns: guess.columns.map((column) => ({ ...column, isGuessed: false })) };
};

/** Of each file. @throws {@link Eau2Error} `DATA_INVALID` when a file has other columns than the first. */
const headsOf = async (
  { paths }: LoadCsvArgs,
  located: LocatedFiles,
  guess: CsvGuess,
  context: JobContext,
): Promise<CsvHead[]> => {
  const others = await runAll(
    paths.slice(1).map((path, index) => ({ path, bytes: located.fingerprints[index + 1]!.bytes })),
    () => "",
    HEADS_AT_ONCE,
    ({ path, bytes }) =>
      withInflatedSource(path, bytes, context, async (source) =>
        csvHead(source.name, await readCsvHead(source), guess),
      ),
    context.abort,
  );
  const { dataStart, headLines } = guess;
  return [{ dataStart, headLines }, ...others];
};

/** @param places - what each run says of its rows is put there. */
const csvFormat = (
  { args: { paths, chunkRows, blockBytes, badRows }, located, guess, heads }: Reading,
  places: Map<number, RunPlace>,
  from?: number,
): BlockFormat<CsvBlock> => {
  const { dialect, nulls, columns, order } = guess;
  const frameColumns = order.map((column) => ({ name: columns[column]!.name, type: columns[column]!.type }));
  return {
    columns: frameColumns,
    split: {
      task: "csv.split",
      shape: { mode: "lines", chunkRows, isCompressed: ({ file }) => isGzip(paths[file]!) },
      canSend: ({ file }) => !isGzip(paths[file]!),
      argsOf: (input, run): SplitCsvArgs => ({
        dialect,
        nulls,
        columns: columns.map(({ type, isGuessed, format, isRead }) => (isRead ? { type, isGuessed, format } : null)),
        order: [...order],
        badRows,
        chunkRows,
        inflatedBlockBytes: isGzip(paths[run.file]!)
          ? inflatedBlockBytes(located.fingerprints[run.file]!.bytes, blockBytes)
          : null,
        from: from ?? (run.blocks[0]!.start === 0 ? heads[run.file]!.dataStart : null),
        ...input,
      }),
      segmentsOf: (value, run) => {
        const { segments, from: begin, end } = SplitCsvResult.parse(value);
        places.set(run.index, { from: begin, end });
        return segments;
      },
    },
    stringsOf: ({ strings }) => strings,
    sealTask: (dictionaries) => ({
      name: "columns.seal",
      args: {
        columns: frameColumns.map(({ type }, column) => ({
          type,
          dictionarySize: dictionaries[column]?.size ?? null,
        })),
      } satisfies SealColumnsArgs,
    }),
  };
};

/** Goes over the runs in order and reads those again that do not begin where the one before ends. */
const settleRuns = async (
  runs: readonly SplitRun<CsvBlock>[],
  places: Map<number, RunPlace>,
  reading: Reading,
  attempt: number,
): Promise<{ readonly runs: SplitRun<CsvBlock>[]; readonly readAgain: number }> => {
  const { args, located, heads, id, context } = reading;
  const settled: SplitRun<CsvBlock>[] = [];
  let readAgain = 0;
  let file = -1;
  let next = 0;
  for (const split of runs) {
    const { run } = split;
    if (run.file !== file) {
      file = run.file;
      next = heads[file]!.dataStart;
    }
    const place = places.get(run.index)!;
    const isRight = beginsRight(place, next, run.blocks.at(-1)!.end);
    // Of what was sent, the end of the last row may be missing.
    const isWhole = place.end !== null || place.from === null || split.sentBytes === 0;
    if (isRight && isWhole) {
      settled.push(split);
    } else {
      await context.store.drop(split.prefix);
      const again = csvFormat(reading, places, next);
      const format = splitFormat(again, id, context, `r${attempt}`);
      settled.push(await splitRun({ ...format, canSend: () => false }, run, args.paths, located, context));
      readAgain++;
    }
    next = nextRow(places.get(run.index)!, next, located.fingerprints[file]!.bytes);
  }
  return { runs: settled, readAgain };
};

const widerTypes = (read: readonly CsvBlock[], { columns }: CsvGuess): LoadCsvResult["widened"] => {
  const seen = columns.map(() => 0);
  for (const block of read) for (const [column, bits] of block.seen) seen[column]! |= bits;
  return columns.flatMap(({ type: from }, column) => {
    const to = widenedType(from, seen[column]!);
    return to === from ? [] : [{ column, from, to }];
  });
};

/** @throws {@link Eau2Error} `DATA_INVALID` naming the line on which a quote opens that is never closed, or a row is too long. */
const assertRowsEnd = (
  read: readonly (CsvBlock & { readonly file: number })[],
  { args: { paths }, guess, heads }: Reading,
): void => {
  let file = -1;
  let lines = 0;
  for (const block of read) {
    if (block.file !== file) {
      file = block.file;
      lines = heads[file]!.headLines;
    }
    if (block.endless !== null)
      throw endless(paths[file]!, lines + block.endless.line + 1, block.endless.column, guess);
    lines += block.lineCount;
  }
};

const endless = (path: string, line: number, column: number | null, { columns }: CsvGuess): Eau2Error => {
  const what =
    column === null
      ? `the row on line ${line} has more than 256 MiB; give a CSV file, whose rows end`
      : `the quote that opens on line ${line}, column "${columns[column]?.name ?? column}", is not closed by the end of the file, or not ` +
        "within 256 MiB; close it, or say that quotes mean nothing ({ quote: null }, --quote none)";
  return new Eau2Error("DATA_INVALID", `load "${path}": ${what}`, { file: path, line });
};

export const loadCsvJob = defineLoadJob({ name: "csv.load", args: LoadCsvArgs, result: LoadCsvResult, load });
