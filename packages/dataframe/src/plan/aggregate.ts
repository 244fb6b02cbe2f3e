/** Aggregates as data: what a group of rows computes. */
import { z } from "zod";
import { Expression } from "../expression/expression.js";

export const AGGREGATE_NAMES = [
  /** (): rows. (x): values. */
  "count",
  "countDistinct",
  /** Integers: exact int64, or `INT64_OVERFLOW`. Floats: order-independent. */
  "sum",
  "mean",
  "min",
  "max",
  /** The first and last value in origin order, nulls skipped. */
  "first",
  "last",
  /** Sample (n - 1); null for fewer than two values. */
  "variance",
  "stddev",
  /** (x), `parameter`: 0 to 1; linear interpolation. */
  "quantile",
  /** (y, x): rows where both have values. Sample covariance; slope of y over x. */
  "corr",
  "covariance",
  "slope",
  /** (x), `parameter` n: a list of the n largest (`bottom`: smallest) values, in that order. */
  "top",
  "bottom",
  /** (x, by): x of the first row with the least (greatest) `by`; rows where `by` is null are skipped, x may be null. */
  "minBy",
  "maxBy",
  /** The most frequent value; of several the one that comes first. */
  "mode",
] as const;
export type AggregateName = (typeof AGGREGATE_NAMES)[number];

export const Aggregate = z.strictObject({
  name: z.enum(AGGREGATE_NAMES),
  args: z.array(Expression).max(2).readonly(),
  /** quantile: from 0 to 1; top, bottom: how many, 1 to 10,000. */
  parameter: z.number().optional(),
});
export type Aggregate = z.infer<typeof Aggregate>;
