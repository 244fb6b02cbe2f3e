/** Frames one after another, as one frame to read. */
import type { FrameRecord, Stage } from "@eau2/dataframe";
import type { QueryWork } from "./query-work.js";
import { resultOf, runStage } from "./run-stage.js";
import { dropStageFrame, newFrameId, type StageFrame } from "./stage-frame.js";
import { wholeFrame } from "./stage-input.js";

export const unionFrames = async (stages: readonly Stage[], work: QueryWork): Promise<StageFrame> => {
  const frames: StageFrame[] = [];
  try {
    for (const stage of stages) frames.push(await runStage(stage, work));
    return await joined(frames, stages, work);
  } catch (error) {
    await Promise.all(frames.map((frame) => dropStageFrame(frame, work.context)));
    throw error;
  }
};

const joined = async (frames: StageFrame[], stages: readonly Stage[], work: QueryWork): Promise<StageFrame> => {
  const [first] = stages as readonly [Stage];
  const dictionaries = first.output.map((_, column) => {
    const entries = frames
      .filter(({ record }) => record.rowCount > 0)
      .map(({ record }) => record.dictionaries[column] ?? null);
    const [entry] = entries;
    const isShared = entry !== undefined && entries.every((other) => other?.key.name === entry?.key.name);
    return isShared ? entry : null;
  });
  // Codes of different dictionaries mean different strings: such columns are spelled out.
  for (const [index, frame] of frames.entries()) {
    const needsSpelling = frame.record.dictionaries.some(
      (entry, column) => entry !== null && dictionaries[column] === null,
    );
    if (!needsSpelling || frame.record.rowCount === 0) continue;
    const { output } = stages[index]!;
    const spelled: Stage = {
      source: { kind: "stage", stage: stages[index]! },
      steps: [],
      input: output,
      sink: { kind: "rows" },
      output,
    };
    const plain = dictionaries.map((entry) => entry === null);
    const whole = { stage: spelled, input: wholeFrame(frame.record) };
    frames[index] = await resultOf(spelled, whole.input, work, plain);
    work.finished(whole, whole, frames[index].record, stages[index]);
    await dropStageFrame(frame, work.context);
  }
  const records = frames.map(({ record }) => record);
  const record: FrameRecord = {
    id: newFrameId(work.context),
    schema: { columns: first.output.map(({ name, type }) => ({ name, type })) },
    rowCount: records.reduce((sum, { rowCount }) => sum + rowCount, 0),
    chunks: records.flatMap(({ chunks }) => chunks),
    dictionaries,
    bytes: records.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  return { record, owned: frames.flatMap(({ owned }) => owned) };
};
