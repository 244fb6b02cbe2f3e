/** Queries that rules change, and those that they must leave alone, each under the name that it has in `rewritten.golden.txt`. */
import { col, lit } from "../../src/expression/builders.js";
import { when } from "../../src/expression/when.js";
import { count, first, max, mean, mode, sum, top } from "../../src/query/aggregates.js";
import { desc } from "../../src/query/ordering.js";
import type { Query } from "../../src/query/query.js";
import { float64, int8, int64 } from "../../src/schema/data-types.js";
import { flights } from "../query/flights.js";

const all = flights();
/** May fail: not every text is a number. */
const flightNumber = col("origin").cast(int64).gt(0);
const hours = { hours: col("delay", float64).div(60) };

export const RULE_QUERIES: Readonly<Record<string, Query>> = {
  // fold-constants
  "constants are computed": all.filter((row) => row.distance.gt(lit(60).mul(60))).untyped,
  "a condition that is always true goes": all.filter(lit(1).lt(2).or(flightNumber)).untyped,
  "a condition that is never true lets no row through": all.filter((row) => row.cancelled.and(lit(2).lt(1))).untyped,
  "a condition that is null lets no row through": all.filter((row) => row.delay.gt(lit(null, float64))).untyped,
  "what fails is not computed before it runs": all.filter((row) => row.distance.gt(lit(2n ** 63n - 1n).add(1))).untyped,
  "what may fail is not decided by what stands behind it": all.filter(flightNumber.and(lit(2).lt(1))).untyped,
  "a choice that is made keeps its type": all.derive((row) => ({
    made: when(lit(true), row.distance).otherwise(row.delay),
    same: when(lit(false), row.distance).otherwise(row.delay),
  })).untyped,

  // merge-filters, push-filter-down
  "conditions become one": all
    .filter((row) => row.delay.gt(15))
    .filter((row) => row.distance.gt(0))
    .filter((row) => row.cancelled.not()).untyped,
  "a condition that may fail stays behind its guard": all
    .filter((row) => row.origin.matches(/^\d+$/))
    .filter(flightNumber).untyped,
  "conditions pass a projection": all.select("carrier", "distance", "delay", hours).filter((row) => row.hours.gt(2))
    .untyped,
  "conditions pass other names": all.rename({ delay: "minutes" }).filter((row) => row.minutes.gt(15)).untyped,
  "what is costly is not computed twice": all
    .derive((row) => ({ name: row.carrier.lower() }))
    .filter((row) => row.name.eq("aa").and(row.delay.gt(15))).untyped,
  "a condition that may fail does not pass the one that stays": all
    .derive((row) => ({ name: row.carrier.lower() }))
    .filter((row) => row.name.eq("aa").and(flightNumber).and(row.delay.gt(15))).untyped,
  "conditions pass a sort": all.sort("carrier").filter((row) => row.delay.gt(15)).untyped,
  "conditions do not pass the first of a sort": all.top(10, "carrier").filter((row) => row.delay.gt(15)).untyped,
  "conditions do not pass a limit": all.limit(10).filter((row) => row.delay.gt(15)).untyped,
  "conditions do not pass a sample": all.sample(0.5, { seed: 1 }).filter((row) => row.delay.gt(15)).untyped,
  "conditions on keys pass distinct": all
    .distinct("carrier", "delay")
    .filter((row) => row.carrier.eq("AA").and(row.distance.gt(0))).untyped,
  "what tells zeros apart does not": all.distinct("delay").filter((row) => lit(1).div(row.delay).lt(0)).untyped,
  "conditions on keys pass groups": all
    .groupBy("carrier", (row) => ({ hours: row.delay.div(60) }))
    .agg({ flights: count() })
    .filter((row) => row.carrier.ne("AA").and(row.hours.gt(2)).and(row.flights.gt(100))).untyped,
  "what tells zeros of keys apart does not": all
    .groupBy("delay")
    .agg({ flights: count() })
    .filter((row) => lit(1).div(row.delay).lt(0)).untyped,
  "no condition passes the one group of all": all
    .agg({ flights: count() })
    .filter(lit(null, float64).gt(1).or(col("flights").gt(1))).untyped,
  "conditions go into every part of a union": all
    .select("carrier", "delay")
    .union(all.select("carrier", "delay").limit(5))
    .filter((row) => row.delay.gt(15)).untyped,
  "conditions on other columns pass explode": all
    .explode("stops")
    .filter((row) => row.stops.eq("BOS").and(row.delay.gt(15))).untyped,
  "but not if they may fail: a row without elements is not there": all.explode("stops").filter(flightNumber).untyped,
  "conditions go all the way": all
    .derive(hours)
    .sort("carrier")
    .rename({ hours: "h" })
    .union(all.derive(hours).rename({ hours: "h" }))
    .sort("h")
    .filter((row) => row.h.gt(2)).untyped,

  // merge-projects, drop-identity-project
  "projections become one": all.select("carrier", hours).select("carrier", (row) => ({ days: row.hours.div(24) }))
    .untyped,
  "what is computed and used twice stays computed once": all
    .select("carrier", hours)
    .select((row) => ({ square: row.hours.mul(row.hours) })).untyped,
  "what is only passed on may be used twice": all.rename({ delay: "d" }).select((row) => ({ square: row.d.mul(row.d) }))
    .untyped,
  "groups take definitions in": all
    .derive(hours)
    .groupBy("carrier")
    .agg({ hours: mean("hours") }).untyped,
  "a constant null keeps its type": all
    .select("distance", { nothing: lit(null, float64) })
    .select((row) => ({ either: when(row.distance.gt(0), row.nothing).otherwise(row.distance) })).untyped,
  "a projection onto the same columns goes": all.untyped.select(...all.columnNames).untyped,
  "one that changes their order stays": all.select("origin", "carrier").select("carrier", "origin").limit(5).untyped,

  // top-k, push-limit-down
  "the first of a sort are selected": all.sort(desc("delay")).limit(10).untyped,
  "so are those before a page": all.sort(desc("delay")).limit(10, { offset: 20 }).untyped,
  "the smaller of two limits of a sort holds": all.top(10, desc("delay")).limit(3).untyped,
  "a limit that takes nothing away goes": all.top(10, desc("delay")).limit(20).untyped,
  "limits become one": all.limit(10, { offset: 5 }).limit(10, { offset: 8 }).untyped,
  "a limit passes a projection, and reaches the sort below it": all.sort("day").derive(hours).limit(5).untyped,
  "a limit goes into every part of a union, and stays": all.union(all.top(2, "day")).limit(10, { offset: 5 }).untyped,
  "a limit does not pass a filter": all.filter((row) => row.delay.gt(15)).limit(5).untyped,
  "a limit does not pass explode": all.explode("stops").limit(5).untyped,
  "one row needs no limit": all.agg({ flights: count() }).limit(1).untyped,

  // drop-sort-below-aggregate
  "a sort below sums goes": all
    .sort("day")
    .filter((row) => row.delay.gt(15))
    .groupBy("carrier")
    .agg({ delay: sum("delay"), worst: max("delay") }).untyped,
  "a sort below the first values stays": all
    .sort("day")
    .groupBy("carrier")
    .agg({ origin: first("origin") }).untyped,
  "a sort below the most frequent stays: the first of equals": all
    .sort("day")
    .groupBy("carrier")
    .agg({ origin: mode("origin") }).untyped,
  "a sort below the largest stays: they may be -0 or 0": all
    .sort("day")
    .groupBy("carrier")
    .agg({ worst: top("delay", 3) }).untyped,
  "the first of a sort stay": all
    .top(100, "day")
    .groupBy("carrier")
    .agg({ delay: sum("delay") }).untyped,
  "a sort below distinct stays": all
    .sort("day")
    .distinct("carrier")
    .agg({ delay: sum("delay") }).untyped,

  // prune-columns
  "only what is used is read": all
    .filter((row) => row.cancelled.not())
    .groupBy("carrier")
    .agg({ delay: mean("delay") }).untyped,
  "rows are counted without columns": all.agg({ flights: count() }).untyped,
  "what is derived and not used is not computed": all
    .derive(hours, (row) => ({ name: row.carrier.upper() }))
    .groupBy("origin")
    .agg({ hours: sum("hours") }).untyped,
  "aggregates that nobody uses are not computed, keys stay": all
    .groupBy("carrier", "origin")
    .agg({ flights: count(), delay: mean("delay") })
    .select("carrier", "flights").untyped,
  "a sort carries no column in vain": all
    .filter((row) => row.cancelled.not())
    .sort("day")
    .select("carrier", "delay").untyped,
  "distinct rows need all their columns": all.select("carrier", "origin", "day").distinct().select("carrier").untyped,
  "the parts of a union keep the same columns": all
    .select("carrier", "origin", "delay")
    .filter((row) => row.delay.gt(15))
    .union(all.select("carrier", "origin", "delay"))
    .select("origin").untyped,
  "rows of a union are counted with one column": all.union(all.filter((row) => row.cancelled)).agg({ flights: count() })
    .untyped,
  "a failing column that nobody sees is not computed": all
    .derive((row) => ({ small: row.distance.cast(int8) }))
    .select("carrier").untyped,
};
