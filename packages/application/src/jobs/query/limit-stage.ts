/** A stage that ends in some of its rows, in order. */
import { type FrameId, type FrameRecord, framePrefix, type Stage, type StageSink } from "@eau2/dataframe";
import type { QueryWork } from "./query-work.js";
import { runRowsStage } from "./rows-stage.js";
import { newFrameId, type StageResult } from "./stage-frame.js";

/** Chunks of the first wave where nobody knows how many rows will be left of them; each wave is twice the one before. */
const FIRST_WAVE_CHUNKS = 4;

type LimitSink = Extract<StageSink, { kind: "limit" }>;

export const runLimitStage = async (
  stage: Stage,
  sink: LimitSink,
  record: FrameRecord,
  id: FrameId,
  work: QueryWork,
): Promise<StageResult> => {
  const rows: Stage = { ...stage, sink: { kind: "rows" } };
  if (stage.steps.every(({ kind }) => kind === "project")) return slice(rows, sink, record, id, work);
  // How many rows are left of a chunk is seen when its steps have run: as few chunks as will do.
  const between = newFrameId(work.context);
  const wanted = sink.offset + sink.count;
  let left: StageResult = { chunks: [], bytes: 0, dictionaries: [] };
  try {
    let rowCount = 0;
    let from = 0;
    for (let size = FIRST_WAVE_CHUNKS; from === 0 || (from < record.chunks.length && rowCount < wanted); size *= 2) {
      const wave = await runRowsStage(rows, record, between, work, { from, to: from + size });
      left = { ...wave, chunks: [...left.chunks, ...wave.chunks] };
      rowCount = left.chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
      from += size;
    }
    const schema = { columns: stage.input.map(({ name, type }) => ({ name, type })) };
    const found: FrameRecord = {
      id: between,
      schema,
      rowCount,
      chunks: left.chunks,
      dictionaries: left.dictionaries,
      bytes: 0,
    };
    const again: Stage = { ...rows, source: { kind: "stage", stage: { ...rows, output: stage.input } }, steps: [] };
    return await slice(again, sink, found, id, work);
  } finally {
    await work.context.store.drop(framePrefix(between)).catch(() => {});
  }
};

/** Rows by their number in the frame. */
const slice = (stage: Stage, { offset, count }: LimitSink, record: FrameRecord, id: FrameId, work: QueryWork) => {
  const end = offset + count;
  let firstRow = 0;
  const ranges = record.chunks.map(({ rowCount }) => {
    const from = Math.min(rowCount, Math.max(0, offset - firstRow));
    const to = Math.max(from, Math.min(rowCount, end - firstRow));
    firstRow += rowCount;
    return { from, to };
  });
  return runRowsStage(stage, record, id, work, { from: 0, to: record.chunks.length, ranges });
};
