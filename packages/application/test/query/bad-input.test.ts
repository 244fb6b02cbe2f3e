/** What people and clients ask by mistake, or to do harm: an answer that is right, or an error that says what to do. */
import assert from "node:assert/strict";
import {
  col,
  count,
  countDistinct,
  DataFrame,
  encodePlan,
  float64,
  int64,
  lit,
  mean,
  median,
  min,
  type Plan,
  type Query,
  schema,
  schemaOf,
  sum,
  utf8,
} from "@eau2/dataframe";
import { encodeControl } from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import { queryJob } from "../../src/jobs/query/query-job.js";
import { open } from "../../src/platform/open.js";
import { failsWith, heldBy, holdsOnly } from "../kit/failing.js";
import { testCluster } from "../kit/test-cluster.js";
import { trips } from "./trips.js";

const Number2 = schema({ a: int64, b: int64, s: utf8 });
const rows = [
  { a: 7, b: 2, s: "constructor" },
  { a: -7, b: 0, s: "__proto__" },
  { a: null, b: 3, s: "toString" },
  { a: 0, b: null, s: "constructor" },
];

testSuite("queries: bad input", (test) => {
  test("values at the edge, names of properties and empty columns have the answer of any other", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []] });
    const { store } = cluster.eau2;
    const frame = await DataFrame.fromRows(store, Number2, rows, { chunkRows: 1 });
    const divided = frame.select((row) => ({
      quotient: row.a.div(row.b),
      whole: row.a.intDiv(row.b),
      rest: row.a.mod(row.b),
    }));
    assert.deepEqual(await divided.collect(), [
      { quotient: 3.5, whole: 3, rest: 1 },
      { quotient: Number.NEGATIVE_INFINITY, whole: null, rest: null },
      { quotient: null, whole: null, rest: null },
      { quotient: null, whole: null, rest: null },
    ]);
    const named = await frame
      .groupBy("s")
      .agg({ n: count(), constructor: sum("b"), hasOwnProperty: min("a") })
      .sort("s")
      .collect();
    assert.deepEqual(
      named.map((row) => [row.s, row.n, row.constructor, row.hasOwnProperty]),
      [
        ["__proto__", 1, 0, -7],
        ["constructor", 2, 2, 0],
        ["toString", 1, 3, null],
      ],
    );
    const proto = frame.untyped.rename({ a: "__proto__" }).filter(col("__proto__", int64).gt(0));
    assert.deepEqual(Object.entries(await proto.columns())[0], ["__proto__", [7]]);
    const nulls = await DataFrame.fromRows(
      store,
      Number2,
      rows.map(() => ({ a: null, b: null, s: null })),
    );
    assert.deepEqual(
      await nulls
        .agg({ n: count(), a: count("a"), sum: sum("a"), mean: mean("b"), median: median("a"), d: countDistinct("s") })
        .collect(),
      [{ n: 4, a: 0, sum: null, mean: null, median: null, d: 0 }],
    );
    assert.deepEqual(await nulls.groupBy("s").agg({ n: count() }).collect(), [{ s: null, n: 4 }]);
    assert.deepEqual((await nulls.sort("a").collect()).length, 4);
    const big = frame.select(() => ({ x: lit(2n ** 62n, int64({ as: "bigint" })) }));
    await failsWith(big.agg({ x: sum("x") }).collect(), "INT64_OVERFLOW", /./);
    await failsWith(big.select((row) => ({ y: row.x.mul(2n) })).collect(), "INT64_OVERFLOW", /./);
    // As many groups as rows, in more than one partition.
    const many = await DataFrame.fromColumns(store, { x: Float64Array.from({ length: 300_000 }, (_, row) => row / 3) });
    const groups = many.groupBy("x").agg({ n: count() });
    assert.deepEqual(await groups.agg({ groups: count(), rows: sum("n") }).collect(), [
      { groups: 300_000, rows: 300_000 },
    ]);
  });

  test("columns that are not there, or too many, are refused where the query is written", async () => {
    await using cluster = await testCluster({ dataRoots: [[]] });
    const frame: Query = (await trips(cluster.eau2, 10, 10)).untyped;
    assert.throws(() => frame.filter(col("dealy").gt(1)), { code: "COLUMN_UNKNOWN", message: /did you mean "delay"/ });
    const columns = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`c${index}`, lit(1)]));
    const message = /10005 columns, a frame has 4096 at most/;
    assert.throws(() => frame.derive(columns), { code: "USAGE", message });
    assert.throws(() => schemaOf(Array.from({ length: 10_000 }, (_, index) => [`c${index}`, float64])), {
      code: "USAGE",
      message: /4096/,
    });
  });

  test("4,096 columns, and expressions of 190 levels, are read on other nodes too", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []] });
    const frame = await trips(cluster.eau2, 40, 10);
    const columns = Object.fromEntries(
      Array.from({ length: 4_091 }, (_, index) => [`c${index}`, col("day", int64).add(index)]),
    );
    const wide = frame.untyped.derive(columns);
    const rowOf = (await wide.sort("c4090", "delay").limit(1).collect())[0] as Record<string, unknown>;
    assert.deepEqual([Object.keys(rowOf).length, rowOf.c0, rowOf.c4090], [4_096, 0, 4_090]);
    let deep = col("day", int64).add(1);
    for (let level = 0; level < 189; level++) deep = deep.add(1);
    const found = await frame.untyped.select({ deep }).filter(col("deep", int64).gt(190)).collect();
    assert.equal(found.length, 30);
  });

  test("plans that a client makes up are refused, and nothing is left", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []] });
    const { eau2 } = cluster;
    const frame = await trips(eau2, 10, 10);
    // The node that is asked caches the frame's record.
    assert.equal((await frame.filter((row) => row.day.ge(0)).collect()).length, 10);
    const before = await heldBy(cluster);
    const scan = { kind: "scan", frame: frame.key, columns: [{ name: "day", type: "int64" }] } as const;
    const send = (plan: Uint8Array) => eau2.run(queryJob, { plan });
    const sent = (plan: unknown) => send(encodeControl({ version: 1, plan }));
    let deep: unknown = scan;
    for (let level = 0; level < 1_000; level++) deep = { kind: "limit", input: deep, offset: 0, count: 1 };
    const wide = { kind: "union", inputs: Array.from({ length: 30_000 }, () => scan) };
    const col = { kind: "column", name: "day" };
    const isTrue = { kind: "literal", type: "boolean", value: true };
    await failsWith(sent(deep), "PLAN_INVALID", /no plan|200 operators deep/);
    await failsWith(sent(wide), "PLAN_INVALID", /more than 20000 nodes/);
    await failsWith(
      sent({ kind: "explode everything", input: scan }),
      "PLAN_INVALID",
      /unknown kind "explode everything"/,
    );
    await failsWith(sent({ ...scan, extra: 1 }), "PLAN_INVALID", /extra/);
    await failsWith(send(encodeControl({ version: 99, plan: scan })), "VERSION_MISMATCH", /version 99/);
    await failsWith(send(Uint8Array.of(0xc1)), "PLAN_INVALID", /no plan/);
    await failsWith(send(new Uint8Array(9 * 1024 ** 2)), "PLAN_INVALID", /9437184 bytes/);
    await failsWith(send(new Uint8Array(65 * 1024 ** 2)), "VALUE_TOO_LARGE", /are allowed/);
    // Well formed, but for another frame.
    const of = (name: string, type: string) => sent({ ...scan, columns: [{ name, type }] });
    await failsWith(of("days", "int64"), "COLUMN_UNKNOWN", /did you mean "day"/);
    await failsWith(of("day", "utf8"), "TYPE_MISMATCH", /"day" is int64 where the plan says utf8/);
    await failsWith(
      sent({ kind: "filter", input: scan, predicate: { kind: "column", name: "late" } }),
      "COLUMN_UNKNOWN",
      /late/,
    );
    await failsWith(sent({ kind: "filter", input: scan, predicate: col }), "TYPE_MISMATCH", /boolean/);
    const nowhere = { ...scan, frame: { name: "f/0/frame", home: 0 } };
    await failsWith(sent({ kind: "filter", input: nowhere, predicate: isTrue }), "CHUNK_LOST", /not there/);
    await holdsOnly(cluster, before, "after plans that were refused");
    const { frame: result } = await send(encodePlan(scan as Plan));
    await eau2.dropFrame(result);
  });

  test("a string of 100 MB is a key like any other", async () => {
    await using eau2 = await open({ shards: 1, memoryBytes: 2 * 1024 ** 3, dataRoots: [] });
    const long = "x".repeat(100 * 1024 ** 2);
    const Text = schema({ t: utf8 });
    const frame = await DataFrame.fromRows(
      eau2.store,
      Text,
      [long, "short", long, null].map((t) => ({ t })),
    );
    const found = await frame.groupBy("t").agg({ n: count() }).collect();
    assert.deepEqual(
      found.map(({ t, n }) => [t?.length ?? null, n]),
      [
        [long.length, 2],
        [5, 1],
        [null, 1],
      ],
    );
  });
});
