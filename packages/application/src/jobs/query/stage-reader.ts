/** What the tasks of a stage are told about the frame that they read. */
import type { FrameRecord, Pipeline, PipelineStep, Stage } from "@eau2/dataframe";
import type { KeyRecord } from "@eau2/protocol";

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
