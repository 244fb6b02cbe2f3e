/** What is known of a frame without looking at its values: asked where the chunks lie, so that none of them travels. */
import { ColumnDescription, ColumnRecord, DescribeResult, dictionaryName, mergeDescriptions } from "@eau2/dataframe";
import { KeyRecord, type TaskRun } from "@eau2/protocol";
import { z } from "zod";
import { defineJob, type JobContext } from "./job.js";
import { planChunks, readingFrame, readRecord } from "./plan-chunks.js";
import { runAll } from "./run-all.js";

const TASKS_PER_SHARD = 2;

const DescribeFrameArgs = z.strictObject({ frame: KeyRecord });
export const FrameDescription = z.strictObject({
  rows: z.int().min(0),
  chunks: z.int().min(0),
  bytes: z.int().min(0),
  columns: z.array(
    z.strictObject({
      ...ColumnRecord.shape,
      ...ColumnDescription.shape,
      /** Different values; null where nobody has counted them. */
      distinct: z.int().min(0).nullable(),
      /** Strings in the dictionary that it refers to; null for a column without. */
      dictionary: z.int().min(0).nullable(),
    }),
  ),
});
export type FrameDescription = z.infer<typeof FrameDescription>;

export const describeFrameJob = defineJob({
  name: "frame.describe",
  args: DescribeFrameArgs,
  result: FrameDescription,
  run: ({ frame }, context) => readingFrame(frame, () => describeFrame(frame, context)),
});

const describeFrame = async (frame: KeyRecord, context: JobContext): Promise<FrameDescription> => {
  const record = await readRecord(frame, context);
  const parts = await runAll(
    planChunks(record, context),
    ({ shard }) => String(shard.home),
    TASKS_PER_SHARD,
    async ({ shard, chunks }) => {
      const home = shard.home as TaskRun["shard"];
      const { value } = await context.runTask(shard.nodeId, {
        name: "frame.describe-chunks",
        args: {},
        shard: home,
        inputs: chunks.map(({ key }) => key),
        outputs: { kind: "listed", keys: [] },
        release: [],
      });
      return DescribeResult.parse(value).columns;
    },
    context.abort,
  );
  const { columns } = record.schema;
  const described = mergeDescriptions(parts, columns.length);
  return {
    rows: record.rowCount,
    chunks: record.chunks.length,
    bytes: record.bytes,
    columns: columns.map(({ name, type }, index) => {
      const dictionary = record.dictionaries[index] ?? null;
      // A frame's own dictionary holds what its rows hold; one that it shares may hold more, and that of lists holds items.
      const isOwn = type === "utf8" && dictionary?.key.name === dictionaryName(record.id, index);
      return {
        name,
        type,
        ...described[index]!,
        distinct: isOwn ? dictionary!.size : null,
        dictionary: dictionary?.size ?? null,
      };
    }),
  };
};
