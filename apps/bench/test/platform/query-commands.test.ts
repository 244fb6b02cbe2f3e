import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { GROUP_BY_QUESTIONS } from "../../src/query/questions.js";
import { bench, benchJson, isPositive } from "./harness/bench.js";

type Row = Readonly<Record<string, unknown>>;

/** Small, and without peers, which are not there in tests. */
const SMALL = ["--rows", "3000", "--k", "10", "--runs", "1"];
const ALONE = [...SMALL, "--engines", "eau2"];

testSuite("pnpm bench, queries", (test) => {
  test("groupby asks real node processes all questions, and they have the answers of one", () => {
    using folder = temporaryFolder();
    const rows = benchJson<Row[]>(folder.path, "groupby", ...SMALL, "--nulls", "5", "--nodes", "2", "--shards", "1");
    const names = GROUP_BY_QUESTIONS.map(({ name }) => name);
    assert.deepEqual(
      rows.map(({ question }) => question),
      [...names, "total", "geometric mean"],
    );
    for (const row of rows) {
      assert.equal(row.equal, true, String(row.question));
      for (const name of ["processesMs", "oneProcessMs", "ratioProcesses", "peakRssMb", "oneProcessPeakRssMb"])
        assert.ok(isPositive(row[name]), name);
      assert.equal(row.data, "G1_3e3_1e1_5_0-1");
    }
  });

  test("sums that are the same everywhere are compared with plain ones", () => {
    using folder = temporaryFolder();
    const flags = [...SMALL, "--sorted", "--questions", "q3,q9", "--plain-sums"];
    assert.deepEqual(
      benchJson<Row[]>(folder.path, "groupby", ...flags).map((row) => [
        row.question,
        row.equal,
        isPositive(row.ratioSums),
      ]),
      ["q3", "q9", "total", "geometric mean"].map((question) => [question, true, true]),
    );
  });

  test("load tells what stays in memory, and one engine alone has nothing to agree with", () => {
    using folder = temporaryFolder();
    const [row] = benchJson<Row[]>(folder.path, "load", ...ALONE);
    assert.equal(row?.equal, null);
    for (const name of ["eau2Ms", "peakRssMb", "residentMb"]) assert.ok(isPositive(row[name]), name);
  });

  test("first-query asks questions that are new each time", () => {
    using folder = temporaryFolder();
    const report = benchJson(folder.path, "first-query", "--shapes", "2");
    assert.deepEqual([report.rows, report.shapes, report.equal], [1_000, 2, true]);
    for (const name of ["firstMs", "worstFirstMs", "againMs"]) assert.ok(isPositive(report[name]), name);
  });

  test("what was printed becomes a picture", () => {
    using folder = temporaryFolder();
    const [file, picture] = [join(folder.path, "scan.json"), join(folder.path, "pictures", "scan.svg")];
    writeFileSync(file, JSON.stringify(benchJson<Row[]>(folder.path, "scan", ...ALONE)));
    const { stdout, status } = bench(folder.path, "chart", file, "--out", picture, "--title", "Scan");
    assert.deepEqual([stdout, status], [`${picture}\n`, 0]);
    assert.match(readFileSync(picture, "utf8"), /^<svg .*Scan<\/title>.*\d ms<\/text>.*<\/svg>\n$/s);
  });

  test("flags that mean nothing are refused", () => {
    using folder = temporaryFolder();
    for (const flags of [
      ["--engines", "eau2,abacus"],
      ["--nodes", "2", "--plain-sums"],
    ]) {
      const { status, stderr } = bench(folder.path, "groupby", ...flags);
      assert.notEqual(status, 0, flags.join(" "));
      assert.match(stderr, /Give|give/, flags.join(" "));
    }
  });
});
