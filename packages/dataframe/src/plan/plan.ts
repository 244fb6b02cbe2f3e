/**
 * What to compute, as data: relational operators over frames. A plan is frozen, checked by zod where it arrives, and says
 * nothing of where or how; `rules/` rewrite it and `planner/` picks the algorithms.
 */
import { KeyRecord } from "@eau2/protocol";
import { z } from "zod";
import { Expression, ValueType } from "../expression/expression.js";
import { Aggregate } from "./aggregate.js";

/** Grows when a node changes its meaning: nodes refuse the plans of other versions. */
export const PLAN_VERSION = 1;

const Name = z.string().min(1).max(1024);

export const PlanColumn = z.strictObject({ name: Name, type: ValueType });
export type PlanColumn = z.infer<typeof PlanColumn>;

export const Derived = z.strictObject({ name: Name, expression: Expression });
export type Derived = z.infer<typeof Derived>;

export const SortKey = z.strictObject({
  expression: Expression,
  descending: z.boolean(),
  /** Nulls are last in both directions unless asked. */
  nullsFirst: z.boolean(),
});
export type SortKey = z.infer<typeof SortKey>;

/** The rows of a frame, in its order. `columns`: those that are read, in this order. */
export interface Scan {
  readonly kind: "scan";
  readonly frame: KeyRecord;
  readonly columns: readonly PlanColumn[];
}
/** Rows for which the predicate is true. */
export interface Filter {
  readonly kind: "filter";
  readonly input: Plan;
  readonly predicate: Expression;
}
/** Exactly these columns: select, derive, rename and drop are this. */
export interface Project {
  readonly kind: "project";
  readonly input: Plan;
  readonly columns: readonly Derived[];
}
/** One row a group; without keys one row in all, for no rows too. */
export interface Aggregation {
  readonly kind: "aggregate";
  readonly input: Plan;
  readonly keys: readonly Derived[];
  readonly aggregates: readonly { readonly name: string; readonly aggregate: Aggregate }[];
}
/** Stable. With `limit` only that many first rows (top-k). */
export interface Sort {
  readonly kind: "sort";
  readonly input: Plan;
  readonly by: readonly SortKey[];
  readonly limit: number | null;
}
/** The first row of each group of equal values in `columns`; null for all columns. */
export interface Distinct {
  readonly kind: "distinct";
  readonly input: Plan;
  readonly columns: readonly string[] | null;
}
export interface Limit {
  readonly kind: "limit";
  readonly input: Plan;
  readonly offset: number;
  readonly count: number;
}
/** The rows of all inputs, one after another; their columns have the same names and types. */
export interface Union {
  readonly kind: "union";
  readonly inputs: readonly Plan[];
}
/** One row for each element of a list column, which becomes its elements. */
export interface Explode {
  readonly kind: "explode";
  readonly input: Plan;
  readonly column: string;
}
/** Rows picked by a hash of seed and row number: each with probability `fraction`, the same on every cluster. */
export interface Sample {
  readonly kind: "sample";
  readonly input: Plan;
  readonly fraction: number;
  readonly seed: number;
}

export type Plan = Scan | Filter | Project | Aggregation | Sort | Distinct | Limit | Union | Explode | Sample;

const input = z.lazy(() => Plan);
const columns = <T extends z.ZodType>(item: T) => z.array(item).max(4096).readonly();

export const Plan: z.ZodType<Plan> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("scan"), frame: KeyRecord, columns: columns(PlanColumn) }),
  z.strictObject({ kind: z.literal("filter"), input, predicate: Expression }),
  z.strictObject({ kind: z.literal("project"), input, columns: columns(Derived) }),
  z.strictObject({
    kind: z.literal("aggregate"),
    input,
    keys: columns(Derived),
    aggregates: columns(z.strictObject({ name: Name, aggregate: Aggregate })),
  }),
  z.strictObject({
    kind: z.literal("sort"),
    input,
    by: z.array(SortKey).min(1).max(64).readonly(),
    limit: z.int().min(0).nullable(),
  }),
  z.strictObject({ kind: z.literal("distinct"), input, columns: columns(Name).nullable() }),
  z.strictObject({ kind: z.literal("limit"), input, offset: z.int().min(0), count: z.int().min(0) }),
  z.strictObject({ kind: z.literal("union"), inputs: z.array(input).min(2).max(1000).readonly() }),
  z.strictObject({ kind: z.literal("explode"), input, column: Name }),
  z.strictObject({
    kind: z.literal("sample"),
    input,
    fraction: z.number().min(0).max(1),
    seed: z.int().min(0).max(0xffff_ffff),
  }),
]) as z.ZodType<Plan>;
