/** What the tasks of a stage are told about the frame that they read. */
import {
  type ColumnFacts,
  FactsResult,
  type FrameRecord,
  mergeFacts,
  NO_ROWS,
  type Pipeline,
  type PipelineStep,
  type Stage,
} from "@eau2/dataframe";
import type { KeyRecord } from "@eau2/protocol";
import type { JobContext } from "../job.js";
import { planChunks } from "../plan-chunks.js";
import { runAll } from "../run-all.js";
import { runQueryTask } from "./run-query-task.js";

/** Columns of a frame by name, as a stage's pipeline reads them. */
export interface StageReader {
  readonly record: FrameRecord;
  readonly pipeline: Pipeline;
  /** The dictionaries that the tasks get, in the order in which the pipeline counts them. */
  readonly dictionaries: readonly KeyRecord[];
}

/** @param steps - the stage's, and those that its sink adds. */
export const stageReader = (
  record: FrameRecord,
  columns: readonly { readonly name: string; readonly type: Pipeline["columns"][number]["type"] }[],
  steps: readonly PipelineStep[],
): StageReader => {
  const dictionaries: KeyRecord[] = [];
  const read = columns.map(({ name, type }) => {
    const position = positionOf(record, name);
    const entry = record.dictionaries[position] ?? null;
    return { name, type, position, dictionary: entry === null ? null : dictionaries.push(entry.key) - 1 };
  });
  return { record, pipeline: { columns: read, steps }, dictionaries };
};

export const positionOf = ({ schema }: FrameRecord, name: string): number =>
  schema.columns.findIndex((column) => column.name === name);

/** The columns that a stage reads from its source. */
export const sourceColumns = ({ source }: Stage): Stage["output"] => {
  switch (source.kind) {
    case "frame":
      return source.columns;
    case "stage":
      return source.stage.output;
    case "union":
      return source.stages[0]!.output;
    default:
      return source satisfies never;
  }
};

/** The facts of columns over all chunks of a frame, by name. */
export const readFacts = async (
  record: FrameRecord,
  names: readonly string[],
  context: JobContext,
): Promise<ReadonlyMap<string, ColumnFacts>> => {
  const unique = [...new Set(names)];
  const columns = unique.map((name) => positionOf(record, name));
  if (columns.length === 0) return new Map();
  const merged = unique.map(() => NO_ROWS);
  const answers = await runAll(
    planChunks(record, context),
    ({ shard }) => String(shard.home),
    1,
    async ({ shard, chunks }) => {
      const { value } = await runQueryTask(context, shard, {
        name: "query.facts",
        args: { columns },
        inputs: chunks.map(({ key }) => key),
        outputs: { kind: "listed", keys: [] },
      });
      return FactsResult.parse(value).chunks;
    },
    context.abort,
  );
  for (const chunk of answers.flat()) {
    chunk.forEach((facts, index) => {
      merged[index] = mergeFacts(merged[index]!, facts);
    });
  }
  return new Map(unique.map((name, index) => [name, merged[index]!]));
};
