import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { assertNoBadRows, type BlockReport, mergeBadRows } from "../../src/text/bad-rows.js";

const block = (file: number, lineCount: number, lines: readonly number[]): BlockReport => ({
  file,
  lineCount,
  badRowCount: lines.length,
  badRows: lines.slice(0, 10).map((line) => ({ line, column: line % 3, fault: "contradicts" as const })),
});

testSuite("bad rows", (test) => {
  test("lines are counted from 1 over the blocks of a file, and anew in the next file", () => {
    const report = mergeBadRows([block(0, 5, [0, 4]), block(0, 0, []), block(0, 3, [2]), block(2, 4, [0])]);
    assert.equal(report.lineCount, 12);
    assert.equal(report.badRowCount, 4);
    assert.deepEqual(
      report.badRows.map(({ file, line }) => [file, line]),
      [
        [0, 1],
        [0, 5],
        [0, 8],
        [2, 1],
      ],
    );
  });

  test("ten are told by line, all are counted", () => {
    const lines = Array.from({ length: 25 }, (_, index) => index);
    const report = mergeBadRows([block(0, 30, [28]), block(0, 30, lines), block(1, 30, lines)]);
    assert.equal(report.badRowCount, 51);
    assert.deepEqual(
      report.badRows.map(({ line }) => line),
      [29, 31, 32, 33, 34, 35, 36, 37, 38, 39],
    );
    assert.throws(() => mergeBadRows([block(1, 1, []), block(0, 1, [])]), /invariant/);
  });

  test("without bad rows nothing is thrown; with them the first are named by file, line and column", () => {
    assertNoBadRows(mergeBadRows([block(0, 5, [])]), ["a.sor"], ["x"]);
    assert.throws(
      () => assertNoBadRows(mergeBadRows([block(0, 5, []), block(1, 5, [1])]), ["a.sor", "b.sor"], ["x", "y"]),
      {
        code: "DATA_INVALID",
        message: /"b\.sor" line 2, column "y": the field does not fit.*correct the file/,
        details: { badRowCount: 1, lineCount: 10, file: "b.sor", line: 2 },
      },
    );
  });
});
