import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { formatTable } from "../src/report.js";

testSuite("formatTable", (test) => {
  test("texts are aligned at the left, columns of numbers at the right, and nothing trails", () => {
    const table = [
      ["a heading that nothing makes room for"],
      ["name", "ms"],
      ["q1", 7.5],
      ["query", null],
      ["q10", 1_234],
    ];
    assert.deepEqual(formatTable(table).split("\n"), [
      "a heading that nothing makes room for",
      "name     ms",
      "q1      7.5",
      "query     -",
      "q10    1234",
    ]);
    assert.equal(
      formatTable([
        ["file", "1 MB"],
        ["answers", "equal"],
      ]),
      "file     1 MB\nanswers  equal",
    );
  });
});
