import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { testSuite } from "@eau2/testing";
import { col } from "../../src/expression/builders.js";
import { decodePlan, encodePlan } from "../../src/plan/plan-codec.js";
import { printPlan } from "../../src/plan/print-plan.js";
import { count, mean, quantile, sum, top } from "../../src/query/aggregates.js";
import { desc } from "../../src/query/ordering.js";
import type { Query } from "../../src/query/query.js";
import { float64, int64 } from "../../src/schema/data-types.js";
import { schemaOf } from "../../src/schema/schema.js";
import { emptyFrame, flights } from "./flights.js";
import { GOLDEN_QUERIES } from "./golden-queries.js";

const GOLDEN = new URL("./plans.golden.txt", import.meta.url);

const columnsOf = ({ columnTypes }: Query): string => columnTypes.map(({ name, type }) => `${name} ${type}`).join(", ");

/** All queries begin at the same frame, whose columns stand there once. */
const printed = (): string => {
  const all = columnsOf(flights().untyped);
  const queries = Object.entries(GOLDEN_QUERIES).map(([name, query]) =>
    `# ${name}\n${printPlan(query.plan)}-> ${columnsOf(query)}\n`.replaceAll(all, "all"),
  );
  return [`all: ${all}\n`, ...queries].join("\n");
};

const frozen = (value: unknown): boolean =>
  typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));

testSuite("queries and their plans", (test) => {
  test("every step makes the plan of its golden text", () => {
    // EAU2_UPDATE_GOLDEN=1 writes the file anew, for a change that is meant.
    if (process.env.EAU2_UPDATE_GOLDEN === "1") writeFileSync(GOLDEN, printed());
    assert.equal(printed(), readFileSync(GOLDEN, "utf8"));
  });

  test("plans are frozen, and come back from bytes as they were", () => {
    for (const [name, { plan }] of Object.entries(GOLDEN_QUERIES)) {
      assert.ok(frozen(plan), name);
      assert.deepEqual(decodePlan(encodePlan(plan)), plan, name);
    }
  });

  test("a query never changes: two may grow from one", () => {
    const late = flights().filter((row) => row.delay.gt(15));
    const before = printPlan(late.plan);
    late.limit(1);
    late.groupBy("carrier").agg({ flights: count() });
    assert.equal(printPlan(late.plan), before);
  });

  test("what cannot be is refused where it is written, by step and position, with the name that was meant", () => {
    const query: Query = flights().untyped;
    const cases: readonly (readonly [() => unknown, string, RegExp])[] = [
      [
        () => query.filter(col("dealy").gt(1)),
        "COLUMN_UNKNOWN",
        /^filter: column "dealy" is not in the frame \(did you mean "delay"\?\); it has .* \(in the 1st argument of gt\)$/,
      ],
      [() => query.filter((row) => row.dealy!.gt(1)), "COLUMN_UNKNOWN", /^column "dealy" .* mean "delay"\?/],
      [() => query.select("carier"), "COLUMN_UNKNOWN", /^select: column "carier" .* mean "carrier"\?/],
      [() => query.drop("carier"), "COLUMN_UNKNOWN", /^drop: column "carier"/],
      [() => query.rename({ carier: "x" }), "COLUMN_UNKNOWN", /^rename: column "carier"/],
      [() => query.distinct("carier"), "COLUMN_UNKNOWN", /^distinct: column "carier"/],
      [() => query.explode("stop"), "COLUMN_UNKNOWN", /^explode: column "stop" .* mean "stops"\?/],
      [() => query.groupBy("carier").agg({}), "COLUMN_UNKNOWN", /^groupBy "carier": column "carier"/],
      [
        () => query.agg({ delay: mean("dealy") }),
        "COLUMN_UNKNOWN",
        /^agg "delay": column "dealy" .* \(in the 1st argument of mean\)$/,
      ],
      [() => query.sort("carrier", desc("dealy")), "COLUMN_UNKNOWN", /^sort key 2: column "dealy"/],
      [
        () => query.filter(col("delay") as never),
        "TYPE_MISMATCH",
        /^filter: the condition must be a boolean; it is float64$/,
      ],
      [
        () => query.derive({ x: col("carrier").mul(2) }),
        "TYPE_MISMATCH",
        /^column "x": the 1st argument of multiply must be a number; it is utf8: column "carrier"$/,
      ],
      [() => query.filter(col("delay", int64).gt(1)), "TYPE_MISMATCH", /"delay" is declared as int64, and is float64/],
      [
        () => query.agg({ m: mean("carrier") }),
        "TYPE_MISMATCH",
        /^agg "m": the 1st argument of mean must be a number; it is utf8: column "carrier"$/,
      ],
      [() => query.sort("stops"), "TYPE_MISMATCH", /^sort key 1: lists have no order, and it is list<utf8>$/],
      [() => query.groupBy("stops").agg({}), "TYPE_MISMATCH", /^groupBy "stops": lists cannot be keys/],
      [() => query.distinct(), "TYPE_MISMATCH", /^distinct: lists are not compared, and column "stops"/],
      [() => query.explode("delay"), "TYPE_MISMATCH", /^explode: column "delay" must be a list; it is float64$/],
      [
        () => query.union(query.drop("stops")),
        "TYPE_MISMATCH",
        /^union: column 9 is "stops" \(list<utf8>\), and not there in input 2; select or cast/,
      ],
      [() => query.rename({ delay: "carrier" }), "USAGE", /two columns would be called "carrier"; rename one$/],
      [() => query.drop(...query.columnNames), "USAGE", /^select: no columns are left/],
      [() => query.agg({}), "USAGE", /^agg: name at least one aggregate$/],
      [() => query.agg({ q: quantile("delay", 1.5) }), "USAGE", /^agg "q": quantile takes 0 to 1, not 1.5$/],
      [() => query.agg({ q: quantile("delay", -0.1) }), "USAGE", /quantile takes 0 to 1, not -0.1$/],
      [() => query.agg({ t: top("delay", 0) }), "USAGE", /^agg "t": top keeps 1 to 10,000 values, not 0$/],
      [() => query.sort(), "USAGE", /^sort: name at least one column/],
      [() => query.limit(-1), "USAGE", /^limit: the number of rows must be an integer from 0; it is -1$/],
      [() => query.limit(1, { offset: 0.5 }), "USAGE", /^limit: offset must be an integer from 0; it is 0.5$/],
      [() => query.top(1.5, "delay"), "USAGE", /^top: the number of rows/],
      [() => query.sample(2), "USAGE", /^sample: the fraction must be within 0 and 1; it is 2$/],
      [() => query.sample(0.5, { seed: 2 ** 32 }), "USAGE", /^sample: the seed/],
      [() => query.rename({ delay: "" }), "USAGE", /^select: a column's name has 1 to 256 bytes of UTF-8$/],
      [
        () => query.select(Object.fromEntries(Array.from({ length: 4097 }, (_, index) => [`c${index}`, col("delay")]))),
        "USAGE",
        /^select: there would be 4097 columns, and 4096 can be$/,
      ],
      [
        () => query.derive({ x: 5 as never }),
        "USAGE",
        /^column "x": give an expression, .* or lit\(5\) for a constant$/,
      ],
      [() => query.filter(() => true as never), "USAGE", /^filter: give an expression/],
      [() => query.agg({ n: col("delay") as never }), "USAGE", /^agg "n": give an aggregate, like count\(\)/],
      [() => query.agg({ n: mean(5 as never) }), "USAGE", /^column: give an expression/],
      [() => query.sort(null as never), "USAGE", /^column: give an expression/],
      [() => query.union(), "USAGE", /^union: name the query/],
    ];
    cases.forEach(([write, code, message], index) => {
      assert.throws(write, { code, message }, `case ${index}`);
    });
  });

  test("what is too deep or too large is refused before anything recurses over it", () => {
    const all = flights();
    let deep = col("delay", float64);
    for (let level = 0; level < 100_000; level++) deep = deep.add(1);
    assert.throws(() => all.derive({ deep }), { code: "PLAN_INVALID", message: /levels deep/ });
    let wide = col("delay", float64);
    for (let level = 0; level < 50; level++) wide = wide.add(wide);
    assert.throws(() => all.derive({ wide }), { code: "PLAN_INVALID", message: /nodes/ });
    let long: Query<never> = all as never;
    const grow = () => {
      for (let step = 0; step < 1000; step++) long = long.limit(5) as never;
    };
    assert.throws(grow, { code: "PLAN_INVALID", message: /operators deep/ });
  });

  test("every name is a name: of columns, of aggregates, in the row", () => {
    const names = ["constructor", "__proto__", "toString", "7", "a b", "then"];
    const frame = emptyFrame(schemaOf(names.map((name) => [name, float64])));
    const query = frame
      .filter((row) => {
        const named = (name: string) => row[name]!;
        return named("constructor")
          .gt(named("__proto__"))
          .and(named("then").gt(named("7")));
      })
      .groupBy("__proto__", "toString")
      .agg({ constructor: sum("constructor") });
    assert.deepEqual(query.columnNames, ["__proto__", "toString", "constructor"]);
    assert.deepEqual(frame.rename({ constructor: "x" }).columnNames, ["x", ...names.slice(1)]);
  });
});
