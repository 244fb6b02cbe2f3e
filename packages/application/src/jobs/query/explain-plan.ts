/** The stages of a plan as they would run: heads of chunks are read, nothing is computed. */
import type { Stage } from "@eau2/dataframe";
import type { QueryWork } from "./query-work.js";
import { scannedFrame } from "./scanned-frame.js";

export const explainStage = async (stage: Stage, work: QueryWork): Promise<void> => {
  const { source } = stage;
  switch (source.kind) {
    case "frame":
      work.planned({ stage, input: await work.input(stage, await scannedFrame(source, work.context)) });
      return;
    case "stage":
      await explainStage(source.stage, work);
      break;
    case "union":
      for (const part of source.stages) await explainStage(part, work);
      break;
    default:
      source satisfies never;
  }
  work.plannedUnseen(stage);
};
