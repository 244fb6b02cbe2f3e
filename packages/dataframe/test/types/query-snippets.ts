import type { Snippets } from "./compile-snippets.js";

export const QUERY_SNIPPETS: Snippets = {
  prelude: `
import { asc, bottom, coalesce, col, concat, corr, count, type DataFrame, date, desc, first, float64, greatest, int64, least, lit, list, max, maxBy, mean, min, minBy, quantile, type Query, schema, sum, top, utf8, when } from "../../src/index.js";
interface Trip { readonly carrier: string | null; readonly delay: number | null; readonly distance: number | null; readonly id: bigint | null; readonly late: boolean | null; readonly day: Date | null; readonly tags: readonly (string | null)[] | null }
declare const trips: DataFrame<Trip>;
declare const anything: DataFrame;
/** Rows of exactly that type, neither wider nor narrower. */
declare const rowsOf: <Row>() => <Given>(query: Query<Given>, same: (<T>() => T extends Given ? 1 : 2) extends (<T>() => T extends Row ? 1 : 2) ? true : Given) => void;
`,
  right: [
    `rowsOf<{ readonly carrier: string | null; readonly flights: number; readonly delay: number | null }>()(trips.filter((t) => t.distance.gt(0)).groupBy("carrier").agg({ flights: count(), delay: mean("delay") }).sort(desc("delay")).limit(10), true);`,
    `rowsOf<{ readonly carrier: string | null; readonly hours: number | null; readonly up: string | null; readonly year: number | null; readonly next: bigint | null; readonly tag: string | null }>()(trips.select("carrier", (t) => ({ hours: t.delay.div(60), up: t.carrier.upper(), year: t.day.year(), next: t.id.add(1n), tag: t.tags.at(0) })), true);`,
    `rowsOf<Omit<Trip, "delay" | "late"> & { readonly delay: string | null; readonly late: boolean | null }>; rowsOf<{ readonly name: string | null; readonly delay: string | null; readonly size: string | null }>()(trips.derive((t) => ({ delay: t.carrier, size: when(t.delay.gt(1), "a").when(t.late, null).otherwise("x") })).drop("tags", "id", "day", "late", "distance").rename({ carrier: "name" }), true);`,
    `rowsOf<{ readonly tags: string | null }>()(trips.explode("tags").select("tags"), true);`,
    `rowsOf<{ readonly carrier: string | null; readonly month: number | null; readonly mean: number | null; readonly max: string | null; readonly id: bigint | null; readonly top: readonly number[] | null; readonly first: Date | null; readonly ids: bigint | null; readonly corr: number | null; readonly p90: number | null }>()(trips.groupBy("carrier", (t) => ({ month: t.day.month() })).agg((t) => ({ mean: mean(t.delay.add(1)), max: max("carrier"), id: max(t.id), top: top("delay", 3), first: minBy("day", "delay"), ids: sum("id"), corr: corr("delay", t.distance), p90: quantile("delay", 0.9) })), true);`,
    `rowsOf<{ readonly rows: number; readonly tags: readonly (string | null)[] | null }>()(trips.agg({ rows: count(), tags: first("tags") }), true);`,
    `const delays: (number | null)[] = (await trips.columns()).delay; for await (const batch of trips.batches()) batch.numbers("delay"); const saved: DataFrame<Trip> = await trips.filter((t) => t.late).save("late");`,
    `trips.filter((t) => t.delay.gt(t.id), (t) => t.day.ge(new Date()).and(t.delay.isNull(), true), (t) => t.carrier.isIn(["AA", null]), (t) => t.delay.between(col("x"), 5n), col("late"));`,
    `trips.sort("carrier", desc("delay", { nullsFirst: true }), asc("day"), (t) => t.day.truncate("month"), (t) => desc(t.delay.abs())).top(3, desc("delay"));`,
    `trips.derive((t) => ({ a: coalesce(t.delay, 0), b: concat(t.carrier, "-", t.delay.toText()), c: t.delay.cast(int64), d: t.delay.orElse(0), e: lit(1), f: lit(null, date), g: t.day.difference(new Date(), "day"), h: least(t.delay, t.distance, 5), i: greatest(t.id, 5n), j: t.carrier.replace(/a/g, "b").split(",").includes("x") }));`,
    `trips.union(trips.filter((t) => t.late), trips.limit(1)).distinct("carrier", "day").sample(0.5, { seed: 1 });`,
    `rowsOf<{ readonly carrier: string | number | bigint | boolean | Date | readonly (string | number | bigint | boolean | Date | null)[] | null; readonly flights: number; readonly delay: number | bigint | null; readonly late: number | null }>()(anything.groupBy("carrier").agg({ flights: count(), delay: sum("delay"), late: max(col("late", float64)) }), true);`,
    `rowsOf<{ readonly x: number | null; readonly y: string | null }>()(anything.select({ x: col("x", float64).add(1), y: col("y").lower() }), true);`,
    `rowsOf<unknown>()(anything.filter(col("x").gt(0).and(col("y").contains("a"))).derive({ z: col("x").add(1) }).drop("x").sort(desc("z")), true);`,
    `const Post = schema({ tags: list(utf8) }); anything.filter(col("tags", list(utf8)).includes("x")).select({ size: col("tags").size() });`,
    `const name: string = "any"; trips.untyped.groupBy(name).agg({ [name]: mean(name) });`,
  ],
  wrong: [
    [
      `trips.select("carier");`,
      /^Argument of type '"carier"' is not assignable to parameter of type '.*"carrier".*'\.$/,
    ],
    [`trips.drop("carier");`, /^Argument of type '"carier"' is not assignable to parameter of type '.*"carrier".*'\.$/],
    [
      `trips.groupBy("carier").agg({ flights: count() });`,
      /^Argument of type '"carier"' is not assignable to parameter of type '.*"carrier".*'\.$/,
    ],
    [`trips.rename({ carier: "x" });`, /'carier' does not exist in .*Did you mean to write 'carrier'\?$/],
    [
      `trips.filter((t) => t.dely.gt(1));`,
      /^Property 'dely' does not exist on type 'ExprsOf<Trip>'\. Did you mean 'delay'\?$/,
    ],
    [`trips.filter((t) => t.delay.upper());`, /^Property 'upper' does not exist on type 'NumberExpr<number>'\.$/],
    [`trips.filter((t) => t.carrier.year().gt(1));`, /^Property 'year' does not exist on type 'TextExpr'\.$/],
    [
      `trips.filter((t) => t.carrier.gt(5));`,
      /^Argument of type 'number' is not assignable to parameter of type 'Operand<string>'\.$/,
    ],
    [
      `trips.filter((t) => t.carrier.eq(null));`,
      /^Argument of type 'null' is not assignable to parameter of type 'Operand<string>'\.$/,
    ],
    [
      `trips.derive((t) => ({ x: t.delay + 5 }));`,
      /^Operator '\+' cannot be applied to types 'NumberExpr<number>' and 'number'\.$/,
    ],
    [`trips.filter((t) => t.delay);`, /^Type 'number' is not assignable to type 'boolean \| undefined'\.$/],
    [
      `trips.derive((t) => ({ x: t.delay.add("a") }));`,
      /^Argument of type 'string' is not assignable to parameter of type 'Operand<number>'\.$/,
    ],
    [
      `trips.derive((t) => ({ x: t.id.add(1) }));`,
      /^Argument of type 'number' is not assignable to parameter of type 'Operand<bigint>'\.$/,
    ],
    [`trips.derive((t) => ({ x: 5 }));`, /^Type 'number' is not assignable to type 'Term<unknown>'\.$/],
    [
      `trips.derive((t) => ({ x: t.day.truncate("fortnight") }));`,
      /^Argument of type '"fortnight"' is not assignable to parameter of type '.*"day".*'\.$/,
    ],
    [
      `trips.derive((t) => ({ x: coalesce(t.delay, "x") }));`,
      /^Type 'string' is not assignable to type 'Operand<number>'\.$/,
    ],
    [
      `trips.derive((t) => ({ x: when(t.late, 1).otherwise("x") }));`,
      /^Argument of type '"x"' is not assignable to parameter of type 'Next<number>'\.$/,
    ],
    [
      `trips.derive((t) => ({ x: t.delay.cast(int64({ as: "bigint" })) }));`,
      /^Property '"cast to int64 or timestamp without \{ as \}: bigints come from columns declared so"' is missing in type/,
    ],
    [
      `trips.agg({ x: mean("carrier") });`,
      /^Type 'AggregateTerm<.*>' is not assignable to type '"column \\"carrier\\" holds text, and numbers are needed here"'\.$/,
    ],
    [
      `trips.groupBy("carrier").agg({ x: mean("dely") });`,
      /^Type 'AggregateTerm<.*>' is not assignable to type '"there is no column \\"dely\\" in these rows"'\.$/,
    ],
    [
      `trips.agg((t) => ({ x: corr("delay", "day") }));`,
      /^Type 'AggregateTerm<.*>' is not assignable to type '"column \\"day\\" holds dates, and numbers are needed here"'\.$/,
    ],
    [
      `trips.agg((t) => ({ x: mean(t.carrier) }));`,
      /^Type 'string' is not assignable to type 'Numeric \| undefined'\.$/,
    ],
    [
      `trips.sort(desc("tags"));`,
      /^Type 'Ordering<.*>' is not assignable to type '"column \\"tags\\" holds lists, and single values are needed here"'\.$/,
    ],
    [
      `trips.top(3, desc("dely"));`,
      /^Type 'Ordering<.*>' is not assignable to type '"there is no column \\"dely\\" in these rows"'\.$/,
    ],
    [`trips.sort("dely");`, /^Argument of type '"dely"' is not assignable to parameter of type '.*"delay".*'\.$/],
    [`trips.explode("carrier");`, /^Argument of type '"carrier"' is not assignable to parameter of type '"tags"'\.$/],
    [`trips.union(trips.drop("tags"));`, /^Property 'tags' is missing in type .* but required in type 'Trip'\.$/],
    [
      `trips.groupBy("carrier").agg({ n: count() }).filter((t) => t.delay.gt(1));`,
      /^Property 'delay' does not exist on type 'ExprsOf<.*>'\.$/,
    ],
    [
      `const n: number = (await trips.select("delay").collect())[0]!.delay;`,
      /^Type 'null' is not assignable to type 'number'\.$/,
    ],
    [
      `trips.derive({ x: lit("a", float64) });`,
      /^Argument of type '"a"' is not assignable to parameter of type 'number \| null'\.$|is not assignable/,
    ],
  ],
};
