/** A stage that ends in different rows: groups without aggregates, or with those of the first row. */
import { type FrameId, type FrameRecord, planDistinct, type Stage, type StageSink } from "@eau2/dataframe";
import { rowBound, runGroups } from "./group-stage.js";
import { knownColumns } from "./known-columns.js";
import type { QueryWork } from "./query-work.js";
import type { StageResult } from "./stage-frame.js";

export const runDistinctStage = async (
  stage: Stage,
  { columns }: Extract<StageSink, { kind: "distinct" }>,
  record: FrameRecord,
  id: FrameId,
  work: QueryWork,
): Promise<StageResult> => {
  const names = stage.input.map(({ name }) => name);
  const expressions = names.map((name) => ({ kind: "column", name }) as const);
  const columnOf = await knownColumns(stage, record, expressions, work.context);
  const plan = planDistinct(names, columns, columnOf, { rowCount: rowBound(stage, record) });
  return runGroups(plan, stage, record, id, work);
};
