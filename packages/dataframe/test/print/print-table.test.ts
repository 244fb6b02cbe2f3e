import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { printTable } from "../../src/print/print-table.js";

testSuite("printTable", (test) => {
  test("columns are as wide as their widest cell, numbers stand right, no line ends with spaces", () => {
    const rows = [
      ["a", "1"],
      ["longer", "12345"],
    ];
    assert.equal(printTable(["name", "n"], rows, [1]), "name        n\na           1\nlonger  12345\n");
    assert.equal(printTable(["x", ""], [["1", ""]]), "x\n1\n");
  });
});
