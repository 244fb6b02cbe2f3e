/** Loading SoR as a job does it, from tasks alone: the caller says how blocks are spread over tasks. */
import type { SorColumnType } from "../../src/sor/sor-types.js";
import { SplitSorResult, splitSorTask } from "../../src/tasks/split-sor.js";
import { type BadRowPolicy, type BlockReport, mergeBadRows } from "../../src/text/bad-rows.js";
import type { Block } from "../../src/text/block-plan.js";
import { openFiles, type RowFrame, type StagedRowSegment, sealRows, segmentsOf } from "./row-pipeline.js";
import { runTask } from "./task-bench.js";

export interface SorPlan {
  readonly types: readonly SorColumnType[];
  readonly badRows: BadRowPolicy;
  readonly chunkRows: number;
  /** Blocks of each task, neighbours of one file. */
  readonly runs: readonly (readonly Block[])[];
  /** Runs whose bytes are sent along instead of read from the file. */
  readonly isSent?: (run: number) => boolean;
  /** Dictionaries of this many bytes close a segment. */
  readonly segmentBytesMax?: number;
  /** Columns of strings that get a dictionary; the others stay plain. */
  readonly isCoded: (column: number) => boolean;
}

/** What is sent of a run: from one byte before it to the end of its last line. */
const sentPart = (file: Uint8Array, run: readonly Block[]): { start: number; bytes: Uint8Array } => {
  const start = Math.max(0, run[0]!.start - 1);
  const lineEnd = file.indexOf(10, run.at(-1)!.end);
  return { start, bytes: file.slice(start, lineEnd < 0 ? file.length : lineEnd + 1) };
};

export const loadSor = async (files: readonly Uint8Array[], plan: SorPlan): Promise<RowFrame> => {
  const { types, badRows, chunkRows } = plan;
  const { open, assertClosed } = openFiles(files);
  const task = splitSorTask(open, plan.segmentBytesMax === undefined ? {} : { segmentBytesMax: plan.segmentBytesMax });
  const segments: StagedRowSegment[] = [];
  const reports: BlockReport[] = [];
  const strings: unknown[] = [];
  for (const [index, run] of plan.runs.entries()) {
    const file = files[run[0]!.file]!;
    const sent = plan.isSent?.(index) === true ? sentPart(file, run) : undefined;
    const args = {
      types: [...types],
      badRows,
      chunkRows,
      file: { path: String(run[0]!.file), bytes: file.length },
      inputStart: sent?.start ?? null,
      blocks: run.map(({ index: block, start, end }) => ({ index: block, start, end })),
    };
    const { value, outputs } = await runTask(task, args, sent === undefined ? [] : [sent.bytes]);
    const split = SplitSorResult.parse(value).segments;
    segments.push(...segmentsOf(split, outputs));
    for (const { lineCount, badRowCount, badRows: first, strings: counts } of split.flatMap(({ blocks }) => blocks)) {
      reports.push({ file: run[0]!.file, lineCount, badRowCount, badRows: first });
      strings.push(counts);
    }
  }
  assertClosed();
  return { ...(await sealRows(types, segments, plan.isCoded)), report: mergeBadRows(reports), strings };
};
