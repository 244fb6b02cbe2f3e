import type { Stage } from "@eau2/dataframe";
import type { QueryWork } from "./query-work.js";
import type { StageFrame } from "./stage-frame.js";

export const withCodedText = async (
  stage: Stage,
  frame: StageFrame,
  _work: QueryWork,
): Promise<{ readonly stage: Stage; readonly frame: StageFrame }> => ({ stage, frame });
