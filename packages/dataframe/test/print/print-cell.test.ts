import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { cutText, jsonCell, printCell, printText } from "../../src/print/print-cell.js";
import { date, float64, int64, list, timestamp, utf8 } from "../../src/schema/data-types.js";

testSuite("printed cells", (test) => {
  test("text is cut at 200 bytes, between characters, and cannot steer a terminal", () => {
    assert.equal(cutText("\ufeffw\u001b"), "\ufeffw\u001b", "a byte order mark is part of a text");
    assert.equal(printText("a".repeat(200)), "a".repeat(200));
    assert.equal(printText("a".repeat(201)), `${"a".repeat(200)}…`);
    assert.equal(printText("ü".repeat(150)), `${"ü".repeat(100)}…`);
    assert.equal(printText(`${"a".repeat(199)}ü`), `${"a".repeat(199)}…`);
    assert.equal(printText("x".repeat(10_000_000)).length, 201);
    assert.equal(printText("a\u001b[2Jb\nc"), "a\ufffd[2Jb\ufffdc");
    assert.equal(printText(Uint8Array.of(0x61, 0xff, 0x62)), "a\ufffdb");
  });

  test("null is empty, and numbers are what they are", () => {
    const anything = [null, -0, 1.5, 2n ** 60n, true, Number.NaN, ""];
    assert.deepEqual(
      anything.map((cell) => printCell(cell, float64)),
      ["", "-0", "1.5", "1152921504606846976", "true", "NaN", ""],
    );
    assert.deepEqual(
      [null, 1n, 2n ** 60n, Number.NaN, Number.NEGATIVE_INFINITY, "x"].map((cell) => jsonCell(cell, float64)),
      [null, 1, "1152921504606846976", "NaN", "-Infinity", "x"],
    );
  });

  test("dates and timestamps are ISO text, from a Date and from the integer inside", () => {
    const leapDay = new Date("2024-02-29");
    for (const cell of [leapDay, 19_782n]) {
      assert.equal(printCell(cell, date), "2024-02-29");
      assert.equal(jsonCell(cell, date), "2024-02-29");
    }
    const noon = new Date("1969-12-31T12:00:00.250Z");
    for (const cell of [noon, -43_199_750_000n]) {
      assert.equal(printCell(cell, timestamp), "1969-12-31 12:00:00.250");
      assert.equal(jsonCell(cell, timestamp), "1969-12-31T12:00:00.250Z");
    }
    assert.equal(printCell(-1n, timestamp), "1969-12-31 23:59:59.999999");
    assert.deepEqual([printCell(null, date), jsonCell(null, timestamp)], ["", null]);
  });

  test("lists look like JSON; as JSON their items are what JSON has", () => {
    assert.equal(printCell([1, null, -0], list(float64)), "[1, null, -0]");
    assert.equal(printCell(['a "b"\n', null, ""], list(utf8)), '["a \\"b\\"\\n", null, ""]');
    assert.equal(printCell([], list(utf8)), "[]");
    assert.equal(printCell([new Date("2024-02-29"), null], list(date)), "[2024-02-29, null]");
    assert.equal(printCell(Array(1_000).fill(1), list(int64)).length, 201);
    assert.deepEqual(jsonCell([1, null, Number.NaN], list(float64)), [1, null, "NaN"]);
    assert.deepEqual(jsonCell([-1n, null], list(timestamp)), ["1969-12-31T23:59:59.999999Z", null]);
    assert.equal(jsonCell(null, list(utf8)), null);
  });
});
