import type { FrameId, FrameRecord, Stage, StageSink } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import type { QueryWork } from "./query-work.js";
import type { StageResult } from "./stage-frame.js";

export const runSortStage = async (
  _stage: Stage,
  _sink: Extract<StageSink, { kind: "sort" }>,
  _record: FrameRecord,
  _id: FrameId,
  _work: QueryWork,
): Promise<StageResult> => {
  throw new Eau2Error("USAGE", "sort is not there yet");
};
