/** Runs the stages of a plan, sources first; what lies between two of them is dropped as soon as it was read. */
import { type FrameRecord, framePrefix, type Stage } from "@eau2/dataframe";
import type { JobContext } from "../job.js";
import { readRecord } from "../plan-chunks.js";
import { runDistinctStage } from "./distinct-stage.js";
import { runGroupStage } from "./group-stage.js";
import { runLimitStage } from "./limit-stage.js";
import type { QueryWork } from "./query-work.js";
import { runRowsStage } from "./rows-stage.js";
import { runSortStage } from "./sort-stage.js";
import { dropStageFrame, newFrameId, type StageChunks, type StageFrame } from "./stage-frame.js";
import { unionFrames } from "./union-frames.js";
import { withCodedText } from "./with-coded-text.js";

/** The result of a stage, a frame that this query owns. */
export const runStage = async (stage: Stage, work: QueryWork): Promise<StageFrame> => {
  const { context } = work;
  const given = await sourceOf(stage, work);
  let source = given;
  try {
    source = await withCodedText(stage, given, work);
    const coded = source === given ? stage : { ...stage, source: frameSource(source.record, stage), steps: [] };
    const id = newFrameId(context);
    const startMs = context.clock.now();
    try {
      const made = await runSink(coded, source.record, id, work);
      const rowCount = made.chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
      const columns = stage.output.map(({ name, type }) => ({ name, ...columnType(type) }));
      const record: FrameRecord = { id, schema: { columns }, rowCount, chunks: made.chunks, dictionaries: made.dictionaries, bytes: made.bytes };
      work.report({ stage, rowsIn: source.record.rowCount, rowsOut: rowCount, bytesOut: made.bytes, elapsedMs: context.clock.now() - startMs });
      return { record, isOwned: true };
    } catch (error) {
      context.abort(error);
      await context.store.drop(framePrefix(id)).catch(() => {});
      throw error;
    }
  } finally {
    if (source !== given) await dropStageFrame(source, context);
    await dropStageFrame(given, context);
  }
};
