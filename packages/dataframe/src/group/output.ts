/** The columns of a group-by's result: which accumulators each is made of. Plain data. */
import { z } from "zod";
import { SCALAR_TYPES } from "../expression/expression.js";

const Index = z.int().min(0);
const Type = z.enum(SCALAR_TYPES);

export const GroupOutput = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("key"), field: Index, type: Type }),
  z.strictObject({ kind: z.literal("count"), of: Index }),
  /** Null where no row was counted. `type`: int64 or float64. */
  z.strictObject({ kind: z.literal("sum"), of: Index, count: Index, type: z.enum(["int64", "float64"]) }),
  z.strictObject({ kind: z.literal("mean"), of: Index, count: Index }),
  /** min, max, first, last: one value. `table`: ranks of the input stand for codes. */
  z.strictObject({ kind: z.literal("value"), of: Index, count: Index, type: Type, ranksOf: Index.nullable() }),
  /** minBy, maxBy, firstRow: a value that may be null. */
  z.strictObject({ kind: z.literal("valueOfRow"), of: Index, type: Type }),
  z.strictObject({
    kind: z.enum(["variance", "stddev"]),
    sum: Index,
    squares: Index,
    count: Index,
  }),
  /** Sums of y, x, their squares and their product, over rows where both have a value. */
  z.strictObject({
    kind: z.enum(["corr", "covariance", "slope"]),
    y: Index,
    x: Index,
    yy: Index,
    xx: Index,
    yx: Index,
    count: Index,
  }),
  z.strictObject({ kind: z.literal("list"), of: Index, type: Type, ranksOf: Index.nullable() }),
  /** Made of all values of a group: `input` is one of those that travel in rows. */
  z.strictObject({ kind: z.literal("quantile"), input: Index, fraction: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal("countDistinct"), input: Index }),
  z.strictObject({ kind: z.literal("mode"), input: Index, type: Type }),
  z.strictObject({
    kind: z.enum(["top", "bottom"]),
    input: Index,
    count: z.int().min(1),
    type: Type,
    ranksOf: Index.nullable(),
  }),
]);
export type GroupOutput = z.infer<typeof GroupOutput>;
