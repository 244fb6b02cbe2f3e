import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { compareAnswers } from "../src/compare.js";
import type { Exact, Value } from "../src/values.js";

const columns = [{ name: "x", type: "float64" as const }];
const differs = (expected: readonly Value[], actual: readonly Exact[], isOrdered = true, tolerance = {}): boolean =>
  compareAnswers(
    { columns, rows: expected.map((value) => [value]) },
    { columns, rows: actual.map((value) => [value]) },
    isOrdered,
    tolerance,
  ) !== undefined;

testSuite("comparison of answers", (test) => {
  test("floats are equal by their bits, NaN included", () => {
    assert.ok(!differs([1, Number.NaN, null], [1, Number.NaN, null]));
    assert.ok(differs([0.1 + 0.2], [0.3]));
    assert.ok(differs([0], [-0]));
    assert.ok(!differs([0], [-0], true, { anyZero: true }));
    assert.ok(differs([null], [0]));
    assert.ok(differs([1n], [1]));
    assert.ok(differs([Number.NaN], [1]));
  });
  test("approximate values may be off by so much, and no more", () => {
    assert.ok(!differs([{ approximate: 1, within: 1e-15 }], [1 + 2 ** -52]));
    assert.ok(differs([{ approximate: 1, within: 1e-16 }], [1 + 2 ** -52]));
    assert.ok(!differs([{ approximate: 1, within: 1e-16 }], [1 + 2 ** -52], true, { times: 10 }));
    assert.ok(differs([{ approximate: 1, within: 1e-15 }], [Number.NaN]));
    assert.ok(differs([{ approximate: 1, within: 1e-15 }], [null]));
  });
  test("order counts where there is one; multisets count how often a row comes", () => {
    assert.ok(differs([1, 2], [2, 1]));
    assert.ok(!differs([1, 2], [2, 1], false));
    assert.ok(differs([1, 1, 2], [1, 2, 2], false));
    assert.ok(differs([1], [1, 1], false));
  });
  test("columns have names and types", () => {
    const table = { columns, rows: [] };
    assert.ok(compareAnswers(table, { columns: [{ name: "y", type: "float64" }], rows: [] }, true) !== undefined);
    assert.ok(compareAnswers(table, { columns: [{ name: "x", type: "int64" }], rows: [] }, true) !== undefined);
  });
});
