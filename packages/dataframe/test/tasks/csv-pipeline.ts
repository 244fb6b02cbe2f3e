/** Loading CSV as a job does it, from tasks alone: the caller says how blocks are spread over tasks. */
import { beginsRight, nextRow, type RunPlace } from "../../src/csv/check-runs.js";
import type { CsvColumn, CsvDialect, CsvNulls } from "../../src/csv/csv-types.js";
import { type CsvBlock, SplitCsvResult, splitCsvTask } from "../../src/tasks/split-csv.js";
import { type BadRowPolicy, type BlockReport, mergeBadRows } from "../../src/text/bad-rows.js";
import type { Block } from "../../src/text/block-plan.js";
import { openFiles, type RowFrame, type StagedRowSegment, sealRows, segmentsOf } from "./row-pipeline.js";
import { runTask } from "./task-bench.js";

export interface CsvPlan {
  readonly dialect: CsvDialect;
  readonly nulls: CsvNulls;
  readonly columns: readonly (CsvColumn | null)[];
  readonly badRows: BadRowPolicy;
  readonly chunkRows: number;
  /** Blocks of each task, neighbours of the file. */
  readonly runs: readonly (readonly Block[])[];
  /** Bytes behind its end that are sent of a run; undefined: it reads the file itself. */
  readonly sentTail?: (run: number) => number | undefined;
  readonly segmentBytesMax?: number;
  readonly isCoded: (column: number) => boolean;
}

export interface CsvFrame extends RowFrame {
  /** Of each column, bits of `SEEN`. */
  readonly seen: readonly number[];
  /** Where a row begins that has no end. */
  readonly endless: CsvBlock["endless"];
}

/** @returns the frame, and how many runs began elsewhere than they guessed, or were not sent enough. */
export const loadCsv = async (
  file: Uint8Array,
  plan: CsvPlan,
): Promise<{ readonly frame: CsvFrame; readonly readAgain: number }> => {
  const { dialect, nulls, columns, badRows, chunkRows } = plan;
  const { open, assertClosed } = openFiles([file]);
  const task = splitCsvTask(
    { openFile: open, openInflated: open },
    plan.segmentBytesMax === undefined ? {} : { segmentBytesMax: plan.segmentBytesMax },
  );
  const split = async (run: readonly Block[], from: number | null, tail: number | undefined) => {
    const start = Math.max(0, run[0]!.start - 1);
    const args = {
      dialect,
      nulls,
      columns: [...columns],
      order: columns.flatMap((column, index) => (column === null ? [] : [index])),
      badRows,
      from,
      inflatedBlockBytes: null,
      chunkRows,
      file: { path: "0", bytes: file.length },
      inputStart: tail === undefined ? null : start,
      blocks: run.map(({ index, start: begin, end }) => ({ index, start: begin, end })),
    };
    const sent = tail === undefined ? [] : [file.slice(start, run.at(-1)!.end + tail)];
    const { value, outputs } = await runTask(task, args, sent);
    return { result: SplitCsvResult.parse(value), outputs };
  };
  const segments: StagedRowSegment[] = [];
  const reports: BlockReport[] = [];
  const strings: unknown[] = [];
  const seen = columns.map(() => 0);
  let endless: CsvBlock["endless"] = null;
  let next = 0;
  let readAgain = 0;
  for (const [index, run] of plan.runs.entries()) {
    const tail = plan.sentTail?.(index);
    let { result, outputs } = await split(run, index === 0 ? 0 : null, tail);
    const isShort = tail !== undefined && result.from !== null && result.end === null;
    if (isShort || !beginsRight(result, next, run.at(-1)!.end)) {
      readAgain++;
      ({ result, outputs } = await split(run, next, undefined));
    }
    next = nextRow(result satisfies RunPlace, next, file.length);
    segments.push(...segmentsOf(result.segments, outputs));
    for (const block of result.segments.flatMap(({ blocks }) => blocks)) {
      reports.push({ file: 0, lineCount: block.lineCount, badRowCount: block.badRowCount, badRows: block.badRows });
      strings.push(block.strings);
      for (const [column, bits] of block.seen) seen[column]! |= bits;
      endless ??= block.endless;
    }
  }
  assertClosed();
  const types = columns.flatMap((column) => (column === null ? [] : [column.type]));
  const sealed = await sealRows(types, segments, plan.isCoded);
  return { frame: { ...sealed, report: mergeBadRows(reports), strings, seen, endless }, readAgain };
};
