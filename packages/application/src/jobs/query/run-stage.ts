/** Runs the stages of a plan, sources first; what lies between two of them is dropped as soon as it was read. */
import { type FrameId, type FrameRecord, framePrefix, type Stage } from "@eau2/dataframe";
import { readRecord } from "../plan-chunks.js";
import { runDistinctStage } from "./distinct-stage.js";
import { runGroupStage } from "./group-stage.js";
import { runLimitStage } from "./limit-stage.js";
import type { QueryWork } from "./query-work.js";
import { runRowsStage } from "./rows-stage.js";
import { runSortStage } from "./sort-stage.js";
import { dropStageFrame, newFrameId, type StageFrame, type StageResult } from "./stage-frame.js";
import { unionFrames } from "./union-frames.js";
import { withCodedText } from "./with-coded-text.js";

/** The result of a stage, a frame that this query owns. */
export const runStage = async (stage: Stage, work: QueryWork): Promise<StageFrame> => {
  const { context } = work;
  const source = await sourceOf(stage, work);
  try {
    const { stage: ready, frame } = await withCodedText(stage, source, work);
    try {
      return await resultOf(ready, frame.record, work);
    } finally {
      if (frame !== source) await dropStageFrame(frame, context);
    }
  } finally {
    await dropStageFrame(source, context);
  }
};

/** @param plain - of a stage that ends in rows: columns whose text leaves its dictionary. */
export const resultOf = async (
  stage: Stage,
  source: FrameRecord,
  work: QueryWork,
  plain?: readonly boolean[],
): Promise<StageFrame> => {
  const { context } = work;
  const id = newFrameId(context);
  const startMs = context.clock.now();
  try {
    const { chunks, bytes, dictionaries } = await runSink(stage, source, id, work, plain);
    const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    const columns = stage.output.map(({ name, type }) => ({ name, type }));
    const record: FrameRecord = { id, schema: { columns }, rowCount, chunks, dictionaries, bytes };
    work.report(stage, source.rowCount, record, context.clock.now() - startMs);
    return { record, owned: [id] };
  } catch (error) {
    context.abort(error);
    await context.store.drop(framePrefix(id)).catch(() => {});
    throw error;
  }
};

const sourceOf = async ({ source }: Stage, work: QueryWork): Promise<StageFrame> => {
  switch (source.kind) {
    case "frame":
      return { record: await readRecord(source.frame, work.context), owned: [] };
    case "stage":
      return runStage(source.stage, work);
    case "union":
      return unionFrames(source.stages, work);
    default:
      return source satisfies never;
  }
};

const runSink = (
  stage: Stage,
  source: FrameRecord,
  id: FrameId,
  work: QueryWork,
  plain: readonly boolean[] | undefined,
): Promise<StageResult> => {
  const { sink } = stage;
  switch (sink.kind) {
    case "rows":
      return runRowsStage(stage, source, id, work, undefined, plain);
    case "group":
      return runGroupStage(stage, sink, source, id, work);
    case "distinct":
      return runDistinctStage(stage, sink, source, id, work);
    case "sort":
      return runSortStage(stage, sink, source, id, work);
    case "limit":
      return runLimitStage(stage, sink, source, id, work);
    default:
      return sink satisfies never;
  }
};
