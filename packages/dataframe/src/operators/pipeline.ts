/**
 * The steps of a stage that go row by row, on one chunk: from its bytes to the batch that the stage's sink takes. Each row
 * of a batch knows the row of the stage's input it came from.
 */
import { type Dictionary, decodeChunk } from "@eau2/serialization";
import { z } from "zod";
import { evaluate, selectRows } from "../evaluate/evaluate.js";
import { gather } from "../evaluate/gather.js";
import { columnUses } from "../expression/children.js";
import { Expression } from "../expression/expression.js";
import { elementOf, isList } from "../expression/value-types.js";
import { Derived, PlanColumn } from "../plan/plan.js";
import { canMatch } from "../rules/prune-by-statistics.js";
import { batchStatistics } from "../vector/batch-statistics.js";
import type { Batch, Vector } from "../vector/vector.js";
import { explodeBatch } from "./explode.js";
import { sampledRows } from "./sample.js";

export const PipelineStep = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("filter"), predicate: Expression }),
  z.strictObject({ kind: z.literal("project"), columns: z.array(Derived).readonly() }),
  z.strictObject({ kind: z.literal("explode"), column: z.string() }),
  z.strictObject({ kind: z.literal("sample"), fraction: z.number(), seed: z.number() }),
]);
export type PipelineStep = z.infer<typeof PipelineStep>;

export const Pipeline = z.strictObject({
  /** Columns that are read: their position in the chunks, and which of the task's dictionaries is theirs. */
  columns: z
    .array(z.strictObject({ ...PlanColumn.shape, position: z.int().min(0), dictionary: z.int().min(0).nullable() }))
    .readonly(),
  steps: z.array(PipelineStep).readonly(),
});
export type Pipeline = z.infer<typeof Pipeline>;

/** What the sink of a stage takes. */
export interface StageBatch {
  readonly batch: Batch;
  /** Row of the stage's input that each row came from, counted from the chunk's first, ascending; undefined: as they are. */
  readonly rows: Uint32Array | undefined;
}

const scan = ({ columns }: Pipeline, chunk: Uint8Array, dictionaries: readonly Dictionary[]): Batch => {
  const { columns: layouts, rowCount } = decodeChunk(chunk);
  return {
    rowCount,
    columns: columns.map(({ name, type, position, dictionary }) => ({
      name,
      vector: {
        kind: "column",
        rowCount,
        layout: layouts[position]!,
        dictionary: dictionary === null ? undefined : dictionaries[dictionary]!,
        itemType: isList(type) ? elementOf(type) : undefined,
      },
    })),
  };
};

/** Rows of a batch by number; columns that are not asked for are left out. */
export const gatherBatch = (batch: Batch, rows: Uint32Array): Batch => ({
  rowCount: rows.length,
  columns: batch.columns.map(({ name, vector }) => ({ name, vector: gather(vector, rows, rows.length) })),
});

const pick = (before: Uint32Array | undefined, rows: Uint32Array): Uint32Array => {
  if (before === undefined) return rows;
  const picked = new Uint32Array(rows.length);
  for (let index = 0; index < rows.length; index++) picked[index] = before[rows[index]!]!;
  return picked;
};

const NO_ROWS = new Uint32Array(0);

/** Names that the steps behind one still need; undefined: all. */
const neededAfter = (steps: readonly PipelineStep[], index: number): ReadonlySet<string> | undefined => {
  const needed = new Set<string>();
  const addColumns = (expressions: readonly Expression[]): void => {
    for (const name of columnUses(expressions).keys()) needed.add(name);
  };
  for (const step of steps.slice(index + 1)) {
    if (step.kind === "filter") addColumns([step.predicate]);
    if (step.kind === "explode") needed.add(step.column);
    if (step.kind !== "project") continue;
    addColumns(step.columns.map(({ expression }) => expression));
    return needed;
  }
  return undefined;
};

/** @param firstRow - of the chunk in the stage's input. @throws what the expressions throw */
export const runPipeline = (
  pipeline: Pipeline,
  chunk: Uint8Array,
  dictionaries: readonly Dictionary[],
  firstRow: number,
): StageBatch => {
  let batch = scan(pipeline, chunk, dictionaries);
  let rows: Uint32Array | undefined;
  const keep = (kept: Uint32Array | "all" | "none", index: number): void => {
    if (kept === "all") return;
    const needed = neededAfter(pipeline.steps, index);
    const { columns } = batch;
    const narrowed =
      needed === undefined ? batch : { ...batch, columns: columns.filter(({ name }) => needed.has(name)) };
    const numbers = kept === "none" ? NO_ROWS : kept;
    batch = gatherBatch(narrowed, numbers);
    rows = pick(rows, numbers);
  };
  pipeline.steps.forEach((step, index) => {
    switch (step.kind) {
      case "filter":
        keep(canMatch(step.predicate, batchStatistics(batch)) ? selectRows(step.predicate, batch) : "none", index);
        return;
      case "project": {
        const input = batch;
        batch = {
          rowCount: input.rowCount,
          columns: step.columns.map(({ name, expression }) => ({ name, vector: evaluate(expression, input) })),
        };
        return;
      }
      case "explode": {
        const exploded = explodeBatch(batch, step.column);
        batch = exploded.batch;
        rows = pick(rows, exploded.rows);
        return;
      }
      case "sample":
        keep(sampledRows(step.fraction, step.seed, batch.rowCount, firstRow, rows), index);
        return;
      default:
        step satisfies never;
    }
  });
  return { batch, rows };
};

/** The vector of a batch at a position. */
export const vectorAt = ({ columns }: Batch, position: number): Vector => columns[position]!.vector;
