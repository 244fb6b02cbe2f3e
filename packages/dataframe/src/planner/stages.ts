/**
 * A plan as stages: what runs on a chunk by itself, up to the point where rows have to meet. Each stage reads a frame, or the
 * results of other stages, and its result is a frame.
 */
import type { KeyRecord } from "@eau2/protocol";
import type { Expression } from "../expression/expression.js";
import type { PipelineStep } from "../operators/pipeline.js";
import type { Aggregation, Plan, PlanColumn, SortKey } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";

export type StageSource =
  | { readonly kind: "frame"; readonly frame: KeyRecord; readonly columns: readonly PlanColumn[] }
  | { readonly kind: "stage"; readonly stage: Stage }
  | { readonly kind: "union"; readonly stages: readonly Stage[] };

export type StageSink =
  | { readonly kind: "rows" }
  | { readonly kind: "group"; readonly keys: Aggregation["keys"]; readonly aggregates: Aggregation["aggregates"] }
  | { readonly kind: "sort"; readonly by: readonly SortKey[]; readonly limit: number | null }
  /** `columns` null: all. */
  | { readonly kind: "distinct"; readonly columns: readonly string[] }
  | { readonly kind: "limit"; readonly offset: number; readonly count: number };

export interface Stage {
  readonly source: StageSource;
  readonly steps: readonly PipelineStep[];
  /** Columns behind the steps, which the sink reads. */
  readonly input: readonly PlanColumn[];
  readonly sink: StageSink;
  /** Columns of the result. */
  readonly output: readonly PlanColumn[];
}

/** A stage that is not closed yet. */
interface Open {
  readonly source: StageSource;
  readonly steps: readonly PipelineStep[];
}

const openStage = (plan: Plan): Open => {
  switch (plan.kind) {
    case "scan":
      return { source: { kind: "frame", frame: plan.frame, columns: plan.columns }, steps: [] };
    case "filter":
      return extended(plan.input, { kind: "filter", predicate: plan.predicate });
    case "project":
      return extended(plan.input, { kind: "project", columns: plan.columns });
    case "explode":
      return extended(plan.input, { kind: "explode", column: plan.column });
    case "sample":
      return extended(plan.input, { kind: "sample", fraction: plan.fraction, seed: plan.seed });
    case "union":
      return { source: { kind: "union", stages: plan.inputs.map(stageOf) }, steps: [] };
    case "aggregate":
      return closed(plan, plan.input, { kind: "group", keys: plan.keys, aggregates: plan.aggregates });
    case "sort":
      return closed(plan, plan.input, { kind: "sort", by: plan.by, limit: plan.limit });
    case "distinct": {
      const columns = plan.columns ?? planColumns(plan.input).map(({ name }) => name);
      return closed(plan, plan.input, { kind: "distinct", columns });
    }
    case "limit":
      return closed(plan, plan.input, { kind: "limit", offset: plan.offset, count: plan.count });
    default:
      return plan satisfies never;
  }
};

const extended = (input: Plan, step: PipelineStep): Open => {
  const { source, steps } = openStage(input);
  return { source, steps: [...steps, step] };
};

const closed = (plan: Plan, input: Plan, sink: StageSink): Open => {
  const stage: Stage = { ...openStage(input), input: planColumns(input), sink, output: planColumns(plan) };
  return { source: { kind: "stage", stage }, steps: [] };
};

/** The last stage of a plan; the others are its sources. */
export const stageOf = (plan: Plan): Stage => {
  const { source, steps } = openStage(plan);
  if (steps.length === 0 && source.kind === "stage") return source.stage;
  const columns = planColumns(plan);
  return { source, steps, input: columns, sink: { kind: "rows" }, output: columns };
};

/** The column of a stage's source that an expression over the stage's input is, if it is one as it stands. */
export const sourceColumn = (expression: Expression, steps: readonly PipelineStep[]): string | undefined => {
  if (expression.kind !== "column") return undefined;
  let { name } = expression;
  for (const step of [...steps].reverse()) {
    // An exploded column is another one.
    if (step.kind === "explode" && step.column === name) return undefined;
    if (step.kind !== "project") continue;
    const made = step.columns.find((column) => column.name === name)?.expression;
    if (made?.kind !== "column") return undefined;
    name = made.name;
  }
  return name;
};
