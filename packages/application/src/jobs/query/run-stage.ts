/** Runs the stages of a plan, sources first; what lies between two of them is dropped as soon as it was read. */
import type { FrameId, FrameRecord, Stage } from "@eau2/dataframe";
import { planDifferent } from "./distinct-stage.js";
import { planGroups, runGroups } from "./group-stage.js";
import { runLimitStage } from "./limit-stage.js";
import type { QueryWork } from "./query-work.js";
import { runRowsStage } from "./rows-stage.js";
import { scannedFrame } from "./scanned-frame.js";
import { runSortStage } from "./sort-stage.js";
import { dropStageFrame, newFrameId, type StageFrame, type StageResult } from "./stage-frame.js";
import type { StageInput } from "./stage-input.js";
import { unionFrames } from "./union-frames.js";
import { uncodedText, withCodedText } from "./with-coded-text.js";

/** The result of a stage, a frame that this query owns. */
export const runStage = async (stage: Stage, work: QueryWork): Promise<StageFrame> => {
  const { context } = work;
  const source = await sourceOf(stage, work);
  const owned = [...source.owned];
  try {
    const input = await work.input(stage, source.record);
    let ready = { stage, input };
    if (uncodedText(stage, source.record).length > 0) {
      const coded = await withCodedText(stage, input, work);
      owned.push(...coded.frame.owned);
      ready = { stage: coded.stage, input: await work.input(coded.stage, coded.frame.record) };
    }
    const result = await resultOf(ready.stage, ready.input, work);
    work.finished({ stage, input }, ready, result.record);
    return result;
  } finally {
    await dropStageFrame({ owned }, context);
  }
};

/** @param plain - of a stage that ends in rows: columns whose text leaves its dictionary. */
export const resultOf = async (
  stage: Stage,
  input: StageInput,
  work: QueryWork,
  plain?: readonly boolean[],
): Promise<StageFrame> => {
  const { context } = work;
  const id = newFrameId(context);
  try {
    const { chunks, bytes, dictionaries } = await runSink(stage, input, id, work, plain);
    const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    const columns = stage.output.map(({ name, type }) => ({ name, type }));
    const record: FrameRecord = { id, schema: { columns }, rowCount, chunks, dictionaries, bytes };
    return { record, owned: [id] };
  } catch (error) {
    context.abort(error);
    await dropStageFrame({ owned: [id] }, context);
    throw error;
  }
};

const sourceOf = async ({ source }: Stage, work: QueryWork): Promise<StageFrame> => {
  switch (source.kind) {
    case "frame":
      return { record: await scannedFrame(source, work.context), owned: [] };
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
  input: StageInput,
  id: FrameId,
  work: QueryWork,
  plain: readonly boolean[] | undefined,
): Promise<StageResult> => {
  const { sink } = stage;
  switch (sink.kind) {
    case "rows":
      return runRowsStage(stage, input, id, work, undefined, plain);
    case "group":
      return runGroups(planGroups(stage, sink, input, work.options), stage, input, id, work);
    case "distinct":
      return runGroups(planDifferent(stage, sink, input), stage, input, id, work);
    case "sort":
      return runSortStage(stage, sink, input, id, work);
    case "limit":
      return runLimitStage(stage, sink, input, id, work);
    default:
      return sink satisfies never;
  }
};
