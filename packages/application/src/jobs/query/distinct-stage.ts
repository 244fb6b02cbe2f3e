/** A stage that ends in different rows: groups without aggregates, or with those of the first row. */
import { type GroupPlan, planDistinct, type Stage, type StageSink } from "@eau2/dataframe";
import { rowBound } from "./group-stage.js";
import { knownColumns } from "./known-columns.js";
import type { StageInput } from "./stage-input.js";

export const planDifferent = (
  stage: Stage,
  { columns }: Extract<StageSink, { kind: "distinct" }>,
  input: StageInput,
): GroupPlan => {
  const names = stage.input.map(({ name }) => name);
  return planDistinct(names, columns, knownColumns(stage, input), { rowCount: rowBound(stage, input) });
};
