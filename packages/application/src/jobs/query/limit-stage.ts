/** A stage that ends in some of its rows, in order. */
import type { FrameId, FrameRecord, Stage, StageSink } from "@eau2/dataframe";
import type { QueryWork } from "./query-work.js";
import { runRowsStage } from "./rows-stage.js";
import { dropStageFrame, newFrameId, type StageResult } from "./stage-frame.js";
import { type StageInput, wholeFrame } from "./stage-input.js";

/** Chunks of the first wave where nobody knows how many rows will be left of them; each wave is twice the one before. */
const FIRST_WAVE_CHUNKS = 4;

type LimitSink = Extract<StageSink, { kind: "limit" }>;

export const runLimitStage = async (
  stage: Stage,
  sink: LimitSink,
  input: StageInput,
  id: FrameId,
  work: QueryWork,
): Promise<StageResult> => {
  const rows: Stage = { ...stage, sink: { kind: "rows" } };
  if (stage.steps.every(({ kind }) => kind === "project")) return slice(rows, sink, input, id, work);
  // How many rows are left of a chunk is seen when its steps have run: as few chunks as will do.
  const between = newFrameId(work.context);
  try {
    const found = await firstRows(rows, sink.offset + sink.count, input, between, work);
    const again: Stage = { ...rows, source: { kind: "stage", stage: { ...rows, output: stage.input } }, steps: [] };
    return await slice(again, sink, wholeFrame(found), id, work);
  } finally {
    await dropStageFrame({ owned: [between] }, work.context);
  }
};

/** The rows of the first chunks, in waves: at least as many as are wanted, if there are so many. */
const firstRows = async (
  stage: Stage,
  wanted: number,
  input: StageInput,
  id: FrameId,
  work: QueryWork,
): Promise<FrameRecord> => {
  const kept = [...input.record.chunks.keys()].filter(input.isRead);
  const chunks: StageResult["chunks"][number][] = [];
  let dictionaries: StageResult["dictionaries"] = [];
  let rowCount = 0;
  let from = 0;
  // The first wave runs even if it is empty: it tells the dictionaries.
  for (let size = FIRST_WAVE_CHUNKS; from === 0 || (from < kept.length && rowCount < wanted); size *= 2) {
    const wave = new Set(kept.slice(from, from + size));
    const result = await runRowsStage(stage, input, id, work, { number: from, isRead: (index) => wave.has(index) });
    chunks.push(...result.chunks);
    dictionaries = result.dictionaries;
    rowCount += result.chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    from += size;
  }
  const schema = { columns: stage.input.map(({ name, type }) => ({ name, type })) };
  return { id, schema, rowCount, chunks, dictionaries, bytes: 0 };
};

/** Rows by their number in the frame. */
const slice = (stage: Stage, { offset, count }: LimitSink, input: StageInput, id: FrameId, work: QueryWork) => {
  const end = offset + count;
  let firstRow = 0;
  const ranges = input.record.chunks.map(({ rowCount }) => {
    const from = Math.min(rowCount, Math.max(0, offset - firstRow));
    const to = Math.max(from, Math.min(rowCount, end - firstRow));
    firstRow += rowCount;
    return { from, to };
  });
  const isRead = (index: number) => ranges[index]!.to > ranges[index]!.from;
  return runRowsStage(stage, input, id, work, { number: 0, isRead, ranges });
};
