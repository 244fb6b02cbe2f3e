/** Queries of every kind, each under the name that its plan has in `plans.golden.txt`. */
import { coalesce, col, lit } from "../../src/expression/builders.js";
import { when } from "../../src/expression/when.js";
import {
  bottom,
  corr,
  count,
  countDistinct,
  covariance,
  first,
  last,
  max,
  maxBy,
  mean,
  median,
  min,
  minBy,
  mode,
  quantile,
  slope,
  stddev,
  sum,
  top,
  variance,
} from "../../src/query/aggregates.js";
import { asc, desc } from "../../src/query/ordering.js";
import type { Query } from "../../src/query/query.js";
import { date, float64, int64 } from "../../src/schema/data-types.js";
import { flights } from "./flights.js";

const all = flights();
const anything = all.untyped;

export const GOLDEN_QUERIES: Readonly<Record<string, Query>> = {
  "all of a frame": all.untyped,
  "columns by name": all.select("delay", "carrier").untyped,
  "columns, old and new": all.select("carrier", (row) => ({ hours: row.delay.div(60) })).untyped,
  "a new column": all.derive((row) => ({ speed: row.distance.div(row.delay) })).untyped,
  "a column in the place of another": all.derive((row) => ({ delay: row.delay.round(), late: row.delay.gt(15) }))
    .untyped,
  "new columns twice": all.derive({ one: lit(1) }, (row) => ({ two: row.distance.add(2) })).untyped,
  "renamed columns": all.rename({ delay: "minutes", carrier: "delay" }).untyped,
  "without some": all.drop("stops", "seats", "departed").untyped,
  "one condition": all.filter((row) => row.delay.gt(15)).untyped,
  "two conditions": all.filter(
    (row) => row.delay.gt(15).and(row.carrier.isIn(["AA", "DL"])),
    (row) => row.cancelled.not(),
  ).untyped,
  "a condition from elsewhere": all.filter(col("delay", float64).isNull()).untyped,
  text: all.filter((row) =>
    row.carrier
      .lower()
      .startsWith("a")
      .or(row.origin.matches(/^[A-Z]{3}$/i)),
  ).untyped,
  dates: all
    .filter((row) => row.day.ge(new Date("2024-02-29")))
    .derive((row) => ({
      month: row.day.truncate("month"),
      waited: row.departed.difference(row.day, "minute"),
      due: row.departed.plus(2, "hour"),
    })).untyped,
  choices: all.derive((row) => ({
    size: when(row.distance.gt(1000), "long").when(row.distance.isNull(), null).otherwise("short"),
    missing: when(row.cancelled, null).otherwise(row.day),
    known: coalesce(row.delay, 0),
  })).untyped,
  casts: all.select((row) => ({
    whole: row.delay.cast(int64, { onFailure: "null" }),
    day: row.departed.cast(date),
    text: row.distance.toText(),
  })).untyped,
  lists: all.select((row) => ({
    stops: row.stops.size(),
    first: row.stops.at(0),
    viaBoston: row.stops.includes("BOS"),
    words: row.carrier.split(" "),
  })).untyped,
  groups: all.groupBy("carrier").agg({ flights: count(), delay: mean("delay") }).untyped,
  "groups by a new column": all
    .groupBy("carrier", (row) => ({ month: row.day.month() }))
    .agg((row) => ({ late: sum(row.delay.gt(15).cast(int64)), worst: max("delay") })).untyped,
  "groups without aggregates": all.groupBy("carrier", "origin").agg({}).untyped,
  "one row about all": all.agg({ rows: count(), values: count("delay"), carriers: countDistinct("carrier") }).untyped,
  "aggregates of numbers": all.groupBy("carrier").agg({
    variance: variance("delay"),
    stddev: stddev("delay"),
    median: median("delay"),
    p90: quantile("delay", 0.9),
    corr: corr("delay", "distance"),
    covariance: covariance("delay", "distance"),
    slope: slope("delay", "distance"),
  }).untyped,
  "aggregates of any values": all.groupBy("carrier").agg({
    min: min("day"),
    max: max("origin"),
    first: first("stops"),
    last: last("departed"),
    mode: mode("origin"),
    longest: top("distance", 3),
    shortest: bottom("distance", 2),
    earliest: minBy("origin", "departed"),
    latest: maxBy("stops", col("departed")),
  }).untyped,
  sorted: all.sort("carrier", desc("delay"), asc("day", { nullsFirst: true })).untyped,
  "sorted by an expression": all.sort(
    (row) => desc(row.origin.length()),
    (row) => row.carrier,
  ).untyped,
  "the first ten": all.top(10, desc("delay")).untyped,
  "distinct rows": all.drop("stops").distinct().untyped,
  "distinct in columns": all.distinct("carrier", "origin").untyped,
  "a few": all.limit(10).untyped,
  "a page": all.limit(10, { offset: 20 }).untyped,
  "one after another": all.union(
    all.filter((row) => row.cancelled),
    all.limit(5),
  ).untyped,
  "a row for each element": all.select("carrier", "stops").explode("stops").untyped,
  "a sample": all.sample(0.1, { seed: 7 }).untyped,
  "several steps": all
    .filter((row) => row.distance.gt(0))
    .groupBy("carrier")
    .agg({ flights: count(), delay: mean("delay") })
    .filter((row) => row.flights.ge(100))
    .sort(desc("delay"))
    .limit(10).untyped,
  "groups of groups": all
    .groupBy("carrier", "origin")
    .agg({ flights: count() })
    .groupBy("carrier")
    .agg((row) => ({ origins: count(), busiest: maxBy("origin", row.flights) })).untyped,
  "without a schema": anything
    .filter(col("delay").gt(15))
    .derive({ twice: col("delay").mul(2) })
    .groupBy("carrier")
    .agg({ twice: sum("twice") })
    .sort(desc("twice")).untyped,
};
