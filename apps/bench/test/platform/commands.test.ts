import assert from "node:assert/strict";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { bench, benchJson, isPositive } from "./harness/bench.js";

testSuite("pnpm bench", (test) => {
  test("wordcount compares the answers and prints times, peak memory and what was not run", () => {
    using folder = temporaryFolder();
    const report = benchJson(folder.path, "wordcount", "--mb", "1", "--runs", "1", "--peers", "none");
    assert.equal(report.equal, true);
    assert.equal(report.mb, 1);
    for (const name of ["eau2Ms", "mapMs", "peakRssMb", "words", "distinct"]) assert.ok(isPositive(report[name]), name);
    for (const name of ["duckdbMs", "ratioDuckdb", "duckdbPeakRssMb"]) assert.equal(report[name], null, name);
    assert.ok("awkMs" in report);
  });

  test("wordcount --processes compares real nodes and gets the same answer", () => {
    using folder = temporaryFolder();
    const report = benchJson(folder.path, "wordcount", "--processes", "2", "--mb", "1", "--runs", "1");
    assert.equal(report.equal, true);
    for (const name of ["oneProcessMs", "processesMs", "ratioProcesses"]) assert.ok(isPositive(report[name]), name);
  });

  test("kv serves as many gets as were asked for", () => {
    using folder = temporaryFolder();
    const report = benchJson(folder.path, "kv", "--gets", "100", "--mb", "2", "--runs", "1", "--peers", "none");
    const eau2 = report.eau2 as Record<string, unknown>;
    for (const name of ["getsPerSecond64", "getsPerSecond1", "mbPerSecond"]) assert.ok(isPositive(eau2[name]), name);
    assert.equal(report.redis, null);
    assert.ok(isPositive(report.rawSocketMbPerSecond));
    // A warm-up and one run, each with 100 gets together, 10 alone, 2 large ones.
    assert.equal(report.asked, 224);
    assert.equal(report.served, 224);
  });

  test("visit and linus compare the answers, and print the ratio to a plain loop", () => {
    using folder = temporaryFolder();
    const visit = benchJson(folder.path, "visit", "--rows", "300000", "--runs", "1");
    assert.equal(visit.equal, true);
    for (const name of ["plainMs", "chunksMs", "rowsMs", "ratioChunks", "ratioRows"])
      assert.ok(isPositive(visit[name]), name);
    const linus = benchJson(folder.path, "linus", "--stages", "3", "--nodes", "2", "--runs", "1");
    assert.equal(linus.exact, true);
    assert.ok(isPositive(linus.plainMs));
  });

  test("sor loads every line, and prints the rates of kernel and reference", () => {
    using folder = temporaryFolder();
    const report = benchJson(folder.path, "sor", "--mb", "1", "--runs", "1");
    for (const name of ["rows", "loadMbPerSecond", "peakRssMb", "kernelMbPerSecond", "ratioReference"]) {
      assert.ok(isPositive(report[name]), name);
    }
  });

  test("sim runs the histories it is asked for, and counts what they break", () => {
    using folder = temporaryFolder();
    const report = benchJson(folder.path, "sim", "--seeds", "3", "--first", "2");
    assert.deepEqual([report.seeds, report.first, report.violations], [3, 2, 0]);
    for (const name of ["events", "virtualSeconds", "ms", "seedsPerSecond", "virtualPerSecond"])
      assert.ok(isPositive(report[name]), name);
  });

  test("memory tells what is resident after each drop", () => {
    using folder = temporaryFolder();
    const report = benchJson(folder.path, "memory", "--mb", "1", "--repeats", "3");
    assert.equal((report.residentMb as number[]).length, 3);
    assert.ok((report.residentMb as number[]).every(isPositive));
    assert.equal(report.ratio, 1);
  });

  test("without --json it prints a table for people", () => {
    using folder = temporaryFolder();
    const { stdout, status } = bench(folder.path, "memory", "--mb", "1", "--repeats", "3");
    assert.equal(status, 0);
    assert.match(stdout, /^file +1 MB\nresident after each drop +\d+, \d+, \d+ MB\n/);
  });

  test("a size that is no number is refused", () => {
    using folder = temporaryFolder();
    const { status, stderr } = bench(folder.path, "wordcount", "--mb", "many");
    assert.notEqual(status, 0);
    assert.match(stderr, /whole number/);
  });
});
