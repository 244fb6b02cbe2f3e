import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { comparisonOf, ENGINES } from "../../src/query/comparison.js";
import { type Answered, type Figures, queryReport } from "../../src/query/query-report.js";
import { formatTable } from "../../src/report.js";

const BOTH = { data: "G1_1e7_1e2_0_0-1", runs: 5, machine: "a machine, 2 cores", isResidentShown: false };
const ENGINE_SIDES = { engines: ENGINES, nodes: 0, shards: [2], plainSums: false };

const figures = (all: Readonly<Record<string, readonly [ms: number, peakMb: number]>>): Map<string, Figures> =>
  new Map(Object.entries(all).map(([name, [ms, peakMb]]) => [name, { ms, peakMb, residentMb: peakMb / 2 }]));

const ANSWERED: readonly Answered[] = [
  {
    question: "q1",
    text: "sum v1 by id1",
    figures: figures({ eau2: [10, 500], duckdb: [80.04, 2_000], polars: [160, 3_000] }),
    verdict: "equal",
  },
  {
    question: "q2",
    text: "sum v1 by id1, id2",
    figures: figures({ eau2: [40, 700], duckdb: [80, 2_500], polars: [40, 3_500] }),
    verdict: "equal",
  },
];

testSuite("report of questions", (test) => {
  test("people see one line a question, the total, and the geometric mean", () => {
    const { table, agreed } = queryReport(comparisonOf(ENGINE_SIDES), ANSWERED, BOTH);
    assert.equal(agreed, true);
    const lines = [
      "G1_1e7_1e2_0_0-1, medians of 5 runs; a machine, 2 cores",
      "question                            eau2, ms  DuckDB, ms  Polars, ms  eau2 / DuckDB  eau2 / Polars  answers  eau2, peak MB  DuckDB, peak MB  Polars, peak MB",
      "q1              sum v1 by id1             10          80         160          0.125          0.063  equal              500             2000             3000",
      "q2              sum v1 by id1, id2        40          80          40            0.5              1  equal              700             2500             3500",
      "total                                     50         160         200          0.312           0.25  equal              700             2500             3500",
      "geometric mean                            20          80          80           0.25           0.25  equal              700             2500             3500",
    ];
    assert.deepEqual(formatTable(table).split("\n"), lines);
  });

  test("programs get a row of figures a question, each with where it comes from", () => {
    const { json } = queryReport(comparisonOf(ENGINE_SIDES), ANSWERED.slice(0, 1), BOTH);
    assert.deepEqual(json, [
      {
        question: "q1",
        text: "sum v1 by id1",
        eau2Ms: 10,
        duckdbMs: 80,
        polarsMs: 160,
        ratioDuckdb: 0.125,
        ratioPolars: 0.063,
        equal: true,
        peakRssMb: 500,
        duckdbPeakRssMb: 2_000,
        polarsPeakRssMb: 3_000,
        runs: 5,
        data: "G1_1e7_1e2_0_0-1",
        machine: "a machine, 2 cores",
      },
    ]);
  });

  test("an answer that is missing or different is no time, and nothing is summed up without it", () => {
    const wrong: Answered = { ...ANSWERED[1]!, figures: figures({ duckdb: [80, 2_500] }), verdict: "failed" };
    const { json, table, agreed } = queryReport(comparisonOf(ENGINE_SIDES), [ANSWERED[0]!, wrong], BOTH);
    assert.equal(agreed, false);
    assert.match(formatTable(table), /\nq2 .* FAILED .*\ntotal .* FAILED /);
    const rows = json as readonly Record<string, unknown>[];
    assert.deepEqual(
      rows.map(({ question, eau2Ms, duckdbMs, ratioDuckdb, equal }) => [
        question,
        eau2Ms,
        duckdbMs,
        ratioDuckdb,
        equal,
      ]),
      [
        ["q1", 10, 80, 0.125, true],
        ["q2", null, 80, null, false],
        ["total", null, 160, null, false],
        ["geometric mean", null, 80, null, false],
      ],
    );
  });

  test("one engine alone has nothing to agree with", () => {
    const alone: Answered = { ...ANSWERED[0]!, figures: figures({ eau2: [10, 500] }), verdict: "alone" };
    const { json, agreed } = queryReport(comparisonOf({ ...ENGINE_SIDES, engines: ["eau2"] }), [alone], BOTH);
    assert.equal(agreed, true);
    assert.deepEqual(json, [
      {
        question: "q1",
        text: "sum v1 by id1",
        eau2Ms: 10,
        equal: null,
        peakRssMb: 500,
        runs: 5,
        data: BOTH.data,
        machine: BOTH.machine,
      },
    ]);
  });

  test("loading also says what stays in memory", () => {
    const { json, table } = queryReport(comparisonOf(ENGINE_SIDES), ANSWERED.slice(0, 1), {
      ...BOTH,
      isResidentShown: true,
    });
    const [row] = json as readonly Record<string, unknown>[];
    assert.deepEqual([row?.residentMb, row?.duckdbResidentMb, row?.ratioDuckdbResident], [250, 1_000, 0.25]);
    assert.match(formatTable(table), /eau2, then MB/);
  });
});

testSuite("comparison", (test) => {
  test("engines that do not take part have no figures and no ratios", () => {
    const { arms, ratios } = comparisonOf({ ...ENGINE_SIDES, engines: ["polars", "duckdb"], shards: [4] });
    assert.deepEqual(
      arms.map(({ name, nodes, threads }) => [name, nodes, threads]),
      [
        ["duckdb", 0, 4],
        ["polars", 0, 4],
      ],
    );
    assert.deepEqual(ratios, []);
  });

  test("processes are compared with one that has as many shards, and shards with fewer", () => {
    const sizes = (sides: Parameters<typeof comparisonOf>[0]) =>
      comparisonOf(sides).arms.map(({ name, engine, nodes, threads }) => [name, engine, nodes, threads]);
    assert.deepEqual(sizes({ ...ENGINE_SIDES, nodes: 3, shards: [2] }), [
      ["processes", "eau2", 3, 2],
      ["oneProcess", "eau2", 1, 6],
    ]);
    assert.deepEqual(sizes({ ...ENGINE_SIDES, shards: [1, 2] }), [
      ["shards2", "eau2", 0, 2],
      ["shards1", "eau2", 0, 1],
    ]);
    assert.deepEqual(
      comparisonOf({ ...ENGINE_SIDES, shards: [2, 1] }),
      comparisonOf({ ...ENGINE_SIDES, shards: [1, 2] }),
    );
  });

  test("sums that are the same everywhere are compared with plain ones", () => {
    const { arms, ratios } = comparisonOf({ ...ENGINE_SIDES, plainSums: true });
    assert.deepEqual(
      arms.map(({ name, threads, plainSums }) => [name, threads, plainSums]),
      [
        ["sameSums", 2, false],
        ["plainSums", 2, true],
      ],
    );
    assert.deepEqual(ratios[0], { name: "ratioSums", title: "ratio", of: "sameSums", to: "plainSums" });
  });

  test("flags that mean two comparisons at once are refused", () => {
    const usage = { code: "USAGE" };
    assert.throws(() => comparisonOf({ ...ENGINE_SIDES, nodes: 2, shards: [1, 2] }), usage);
    assert.throws(() => comparisonOf({ ...ENGINE_SIDES, shards: [2, 2] }), usage);
    assert.throws(() => comparisonOf({ ...ENGINE_SIDES, nodes: 2, plainSums: true }), usage);
  });
});
