import { columnUnknown, type FrameRecord, type StageSource } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import type { JobContext } from "../job.js";
import { readRecord } from "../plan-chunks.js";

/**
 * The frame that a stage scans. A plan says what columns it has; it may have been made for another one.
 * @throws {@link Eau2Error} `COLUMN_UNKNOWN`, `TYPE_MISMATCH`
 */
export const scannedFrame = async (
  { frame, columns }: Extract<StageSource, { kind: "frame" }>,
  context: JobContext,
): Promise<FrameRecord> => {
  const record = await readRecord(frame, context);
  const types = new Map(record.schema.columns.map(({ name, type }) => [name, type]));
  for (const { name, type } of columns) {
    const found = types.get(name);
    if (found === undefined) throw columnUnknown(name, [...types.keys()]);
    if (found === type) continue;
    throw new Eau2Error(
      "TYPE_MISMATCH",
      `scan ${frame.name}: column "${name}" is ${found} where the plan says ${type}; make the query anew from the frame`,
      { column: name },
    );
  }
  return record;
};
