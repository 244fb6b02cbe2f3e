/** Queries with every operator and every aggregate, in the ways in which rows meet: what must be the same on every cluster. */
import {
  asc,
  bottom,
  coalesce,
  concat,
  corr,
  count,
  countDistinct,
  covariance,
  desc,
  first,
  int64,
  last,
  max,
  maxBy,
  mean,
  median,
  min,
  minBy,
  mode,
  type Query,
  quantile,
  slope,
  stddev,
  sum,
  top,
  variance,
  when,
} from "@eau2/dataframe";
import type { GeneratedFrames } from "./generated-frames.js";

type QueryOf = (frames: GeneratedFrames) => Query;

/** Rows are kept, dropped, computed and cut: chunk by chunk. */
const OF_ROWS: Readonly<Record<string, QueryOf>> = {
  "all rows": ({ orders }) => orders.untyped,
  filter: ({ orders }) => orders.filter((row) => row.price.gt(0).and(row.shop.isIn(["north", "Zürich"]))).untyped,
  "filter that keeps nothing of most chunks": ({ orders }) => orders.filter((row) => row.id.between(700, 712)).untyped,
  "derived numbers": ({ orders }) =>
    orders.select("id", (row) => ({
      total: row.price.mul(row.units),
      half: row.units.intDiv(2),
      rest: row.units.mod(3),
      rounded: row.weight.round(1),
      root: row.weight.sqrt(),
    })).untyped,
  "derived text": ({ orders }) =>
    orders.select((row) => ({
      shop: row.shop.upper(),
      note: row.note.replace(/[aeiou]/, "*"),
      both: concat(row.shop, "/", row.note),
      size: row.note.length(),
    })).untyped,
  "derived dates": ({ orders }) =>
    orders.select((row) => ({
      month: row.day.truncate("month"),
      week: row.day.week(),
      hour: row.at.hour(),
      due: row.at.plus(3, "month"),
      waited: row.at.difference(row.day, "minute"),
    })).untyped,
  choices: ({ orders }) =>
    orders.derive((row) => ({
      size: when(row.weight.gt(1_000), "heavy").when(row.weight.isNull(), null).otherwise("light"),
      known: coalesce(row.price, row.weight, 0),
    })).untyped,
  "renamed and dropped columns": ({ orders }) => orders.rename({ price: "shop", shop: "price" }).drop("tags").untyped,
  explode: ({ orders }) => orders.select("id", "tags").explode("tags").untyped,
  "split and exploded": ({ orders }) =>
    orders.select("id", (row) => ({ word: row.note.split(" ") })).explode("word").untyped,
  sample: ({ orders }) => orders.sample(0.3, { seed: 7 }).untyped,
  limit: ({ orders }) => orders.limit(100).untyped,
  "limit with an offset over chunks": ({ orders }) => orders.limit(200, { offset: 433 }).untyped,
  "limit behind a filter": ({ orders }) => orders.filter((row) => row.paid).limit(300, { offset: 17 }).untyped,
  "union of two frames": ({ orders, returns }) => orders.union(returns).untyped,
  "union of parts": ({ orders, returns }) =>
    orders
      .filter((row) => row.units.ge(5))
      .select("id", "shop")
      .union(returns.select("id", "shop"), orders.limit(40).select("id", "shop")).untyped,
};

/** Rows meet in groups. */
const OF_GROUPS: Readonly<Record<string, QueryOf>> = {
  "one row about all": ({ orders }) =>
    orders.agg({ rows: count(), values: count("price"), shops: countDistinct("shop"), price: sum("weight") }).untyped,
  "nothing left to aggregate": ({ orders }) =>
    orders.filter((row) => row.id.lt(0)).agg({ rows: count(), price: sum("price"), shop: min("shop") }).untyped,
  "counts by text": ({ orders }) => orders.groupBy("shop").agg({ count: count() }).untyped,
  "sums of floats": ({ orders }) =>
    orders.groupBy("shop").agg({ price: sum("price"), weight: sum("weight"), mean: mean("price") }).untyped,
  "sums of computed floats": ({ orders }) =>
    orders.groupBy("units").agg((row) => ({ total: sum(row.weight.mul(row.units)), odd: mean(row.weight.sqrt()) }))
      .untyped,
  "sums of integers": ({ orders }) =>
    orders
      .filter((row) => row.serial.gt(0))
      .groupBy("paid")
      .agg({ units: sum("units"), count: count("serial"), mean: mean("serial") }).untyped,
  "spread and relation": ({ orders }) =>
    orders.groupBy("shop").agg({
      variance: variance("weight"),
      stddev: stddev("weight"),
      corr: corr("weight", "units"),
      covariance: covariance("weight", "units"),
      slope: slope("weight", "units"),
    }).untyped,
  quantiles: ({ orders }) =>
    orders.groupBy("shop").agg({ median: median("price"), low: quantile("weight", 0.1), high: quantile("units", 0.95) })
      .untyped,
  "least and greatest": ({ orders }) =>
    orders.groupBy("paid").agg({
      price: min("price"),
      priceMax: max("price"),
      shop: min("shop"),
      note: max("note"),
      day: min("day"),
      at: max("at"),
      serial: max("serial"),
    }).untyped,
  "by position": ({ orders }) =>
    orders.groupBy("shop").agg({
      first: first("note"),
      last: last("at"),
      cheapest: minBy("id", "price"),
      dearest: maxBy("note", "weight"),
      mode: mode("units"),
    }).untyped,
  "lists of the greatest": ({ orders }) =>
    orders.groupBy("units").agg({ prices: top("price", 3), notes: bottom("note", 2), many: top("weight", 40) }).untyped,
  "several keys": ({ orders }) => orders.groupBy("shop", "paid", "units").agg({ count: count() }).untyped,
  "keys of floats": ({ orders }) => orders.groupBy("price").agg({ count: count(), id: min("id") }).untyped,
  "keys of dates": ({ orders }) =>
    orders.groupBy((row) => ({ year: row.day.year(), weekday: row.at.dayOfWeek() })).agg({ count: count() }).untyped,
  "keys of text that is derived": ({ orders }) =>
    orders.groupBy((row) => ({ head: row.note.slice(5, 7), shop: row.shop.lower() })).agg({ count: count() }).untyped,
  "keys of wide integers": ({ orders }) => orders.groupBy("serial").agg({ count: count() }).untyped,
  "groups of groups": ({ orders }) =>
    orders
      .groupBy("shop", "units")
      .agg({ weight: sum("weight") })
      .groupBy("shop")
      .agg({ kinds: count(), weight: sum("weight"), heaviest: maxBy("units", "weight") }).untyped,
  "groups of a union": ({ orders, returns }) =>
    orders
      .union(returns)
      .groupBy("shop")
      .agg({ count: count(), weight: mean("weight") }).untyped,
  "distinct rows": ({ orders }) => orders.select("shop", "paid").distinct().untyped,
  "distinct in columns, the first rows": ({ orders }) => orders.drop("tags").distinct("units", "paid").untyped,
  "distinct text without a dictionary": ({ orders, returns }) =>
    orders.select("note").union(returns.select("note"), orders.select("note")).distinct().untyped,
  "words of text": ({ orders }) =>
    orders
      .select((row) => ({ word: row.note.split(" ") }))
      .explode("word")
      .groupBy("word")
      .agg({ count: count() }).untyped,
};

/** Rows meet in order. */
const OF_ORDER: Readonly<Record<string, QueryOf>> = {
  "sorted by floats": ({ orders }) => orders.drop("tags").sort("price").untyped,
  "sorted by several keys": ({ orders }) =>
    orders.drop("tags").sort("shop", desc("paid", { nullsFirst: true }), desc("day"), asc("weight")).untyped,
  "sorted by text without a dictionary": ({ orders }) => orders.select("id", "note").sort(desc("note")).untyped,
  "sorted by an expression": ({ orders }) =>
    orders.select("id", "note", "units").sort((row) => desc(row.note.length()), "units").untyped,
  "the first ten, ties in order": ({ orders }) => orders.drop("tags").top(10, desc("units")).untyped,
  "the first ten behind a filter": ({ orders }) =>
    orders
      .drop("tags")
      .filter((row) => row.paid)
      .sort(desc("weight"), "id")
      .limit(10, { offset: 5 }).untyped,
  "sorted groups": ({ orders }) =>
    orders
      .filter((row) => row.weight.gt(0))
      .groupBy("shop")
      .agg({ orders: count(), weight: mean("weight") })
      .filter((row) => row.orders.ge(10))
      .sort(desc("weight"))
      .limit(5).untyped,
};

/** Enough rows for several partitions. */
const OF_PARTITIONS: Readonly<Record<string, QueryOf>> = {
  "as many groups as rows": ({ readings }) => readings.groupBy("sensor").agg({ value: sum("value") }).untyped,
  "text among many groups": ({ readings }) =>
    readings
      .groupBy("place", (row) => ({ part: row.sensor.mod(600) }))
      .agg({ count: count(), mean: mean("value"), first: first("sensor") }).untyped,
  "medians over partitions": ({ readings }) =>
    readings.groupBy("place").agg({ median: median("value"), sensors: countDistinct("sensor"), mode: mode("sensor") })
      .untyped,
  "distinct over partitions": ({ readings }) => readings.distinct("sensor").untyped,
  "sorted over ranges": ({ readings }) => readings.sort(desc("value"), "sensor").untyped,
  "sorted by text over ranges": ({ readings }) => readings.sort("place").untyped,
};

/** Cut out of several partitions. */
const OF_PARTS: Readonly<Record<string, QueryOf>> = {
  "many first rows": ({ readings }) => readings.top(70_000, "sensor").untyped,
  "late rows of a sort": ({ readings }) =>
    readings
      .derive((row) => ({ whole: row.value.round().cast(int64) }))
      .sort("whole", "place")
      .limit(1_000, { offset: 200_000 }).untyped,
};

export const GOLDEN_QUERIES: Readonly<Record<string, QueryOf>> = {
  ...OF_ROWS,
  ...OF_GROUPS,
  ...OF_ORDER,
  ...OF_PARTITIONS,
  ...OF_PARTS,
};

/** Those whose result is finished in several partitions. */
export const PARTITIONED: readonly string[] = Object.keys(OF_PARTITIONS);
