import type { Stage } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import type { QueryWork } from "./query-work.js";
import type { StageFrame } from "./stage-frame.js";

export const unionFrames = async (_stages: readonly Stage[], _work: QueryWork): Promise<StageFrame> => {
  throw new Eau2Error("USAGE", "union is not there yet");
};
