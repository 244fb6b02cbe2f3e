import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { testSuite } from "@eau2/testing";
import { barChart } from "../../src/chart/bar-chart.js";
import { queryChart } from "../../src/chart/query-chart.js";

const WHERE = { equal: true, runs: 5, data: "G1_1e7_1e2_0_0-1", machine: "a machine, 2 cores" };
const ROWS = [
  { question: "q1", text: "sum v1 by id1", eau2Ms: 7.25, duckdbMs: 81, polarsMs: 67, ...WHERE },
  { question: "q8", text: "largest two v3 by id6", eau2Ms: 90, duckdbMs: 300, polarsMs: null, ...WHERE },
  { question: "total", text: "", eau2Ms: 97.25, duckdbMs: 381, polarsMs: null, ...WHERE },
  { question: "geometric mean", text: "", eau2Ms: 25.5, duckdbMs: 156, polarsMs: null, ...WHERE },
];
const SCAN = [
  { question: "scan", text: "sum v3 where v3 > 50 & v1 = 3", eau2Ms: 28, duckdbMs: 28, polarsMs: 1_400, ...WHERE },
];

testSuite("chart of questions", (test) => {
  test("bars are multiples of DuckDB's time, and say milliseconds", () => {
    const { series, groups, axis } = queryChart("Group by", [ROWS]);
    assert.deepEqual(series, ["eau2", "DuckDB", "Polars"]);
    assert.match(axis, /time of DuckDB/);
    assert.deepEqual(
      groups.map(({ label }) => label),
      ["q1", "q8", "geometric mean"],
    );
    assert.deepEqual(groups[1]!.bars, [{ length: 0.3, text: "90 ms" }, { length: 1, text: "300 ms" }, null]);
  });

  test("eau2 against itself has two bars", () => {
    const row = { question: "q1", text: "", processesMs: 11, oneProcessMs: 10, ...WHERE };
    const { series, groups } = queryChart("Processes", [[row]]);
    assert.deepEqual(series, ["several processes", "one process"]);
    assert.equal(groups[0]!.bars[0]!.length, 1.1);
    assert.deepEqual(queryChart("Shards", [[{ ...WHERE, question: "q1", shards2Ms: 5, shards1Ms: 10 }]]).series, [
      "2 shards",
      "1 shard",
    ]);
  });

  test("the picture is the approved one", () => {
    const approved = new URL("fixtures/group-by.svg", import.meta.url);
    assert.equal(barChart(queryChart("Group by & scan", [ROWS, SCAN])), readFileSync(approved, "utf8"));
  });

  test("a file of something else is refused", () => {
    for (const printed of [[], [[]], [{ words: 5 }], [[1]]]) {
      assert.throws(() => queryChart("x", printed), { code: "USAGE" });
    }
  });
});
