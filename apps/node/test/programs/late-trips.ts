/** A query for `eau2 explain`. */
import type { Eau2 } from "@eau2/application";
import { col, count, desc, int64 } from "@eau2/dataframe";

export default async (eau2: Eau2) =>
  (await eau2.frame("trips"))
    .filter(col("delay", int64).ge(5_000))
    .groupBy("carrier")
    .agg({ trips: count() })
    .sort(desc("trips"))
    .limit(3);
