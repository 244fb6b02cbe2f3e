import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { jsonCell, printCell, printText } from "../src/print/print-cell.js";

testSuite("printed cells", (test) => {
  test("text is cut at 200 bytes, between characters, and cannot steer a terminal", () => {
    assert.equal(printText("a".repeat(200)), "a".repeat(200));
    assert.equal(printText("a".repeat(201)), `${"a".repeat(200)}…`);
    assert.equal(printText("ü".repeat(150)), `${"ü".repeat(100)}…`);
    assert.equal(printText(`${"a".repeat(199)}ü`), `${"a".repeat(199)}…`);
    assert.equal(printText("x".repeat(10_000_000)).length, 201);
    assert.equal(printText("a\u001b[2Jb\nc"), "a\ufffd[2Jb\ufffdc");
    assert.equal(printText(Uint8Array.of(0x61, 0xff, 0x62)), "a\ufffdb");
  });

  test("null is empty, and numbers are what they are", () => {
    assert.deepEqual([null, -0, 1.5, 2n ** 60n, true, Number.NaN, ""].map(printCell), [
      "",
      "-0",
      "1.5",
      "1152921504606846976",
      "true",
      "NaN",
      "",
    ]);
    assert.deepEqual([null, 1n, 2n ** 60n, Number.NaN, Number.NEGATIVE_INFINITY, "x"].map(jsonCell), [
      null,
      1,
      "1152921504606846976",
      "NaN",
      "-Infinity",
      "x",
    ]);
  });
});
