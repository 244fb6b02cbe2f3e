import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import type { Expression, ScalarType } from "../../src/expression/expression.js";
import { foldExpression } from "../../src/expression/fold.js";
import type { FunctionName } from "../../src/expression/functions.js";
import { literalOf } from "../../src/expression/literal-value.js";
import { printExpression } from "../../src/expression/print.js";
import { resolveType } from "../../src/expression/resolve-type.js";
import { interpret, PlainFailure, type PlainRow } from "../evaluate/plain-interpreter.js";
import { Random } from "../evaluate/random.js";
import { type RandomColumn, RandomExpressions } from "../evaluate/random-expressions.js";
import { randomValues } from "../evaluate/random-vectors.js";

const SEED = seedFromEnv(43);
const COLUMNS: readonly RandomColumn[] = [
  { name: "b", type: "boolean" },
  { name: "i", type: "int64" },
  { name: "j", type: "int8" },
  { name: "x", type: "float64" },
  { name: "t", type: "utf8" },
];

const col = (name: string): Expression => ({ kind: "column", name });
const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });
const int = (value: bigint): Expression => literalOf("int64", value);
const float = (value: number): Expression => literalOf("float64", value);
const TRUE = literalOf("boolean", true);
const FALSE = literalOf("boolean", false);
const NULL = literalOf("boolean", null);
const [b, i, j, x] = [col("b"), col("i"), col("j"), col("x")];
/** Fails where `i` has no value in int8. */
const fragile = call("gt", { kind: "cast", input: i, type: "int8", onFailure: "error" }, int(0n));
const when = (condition: Expression, value: Expression, otherwise: Expression | null): Expression => ({
  kind: "case",
  branches: [{ when: condition, value }],
  otherwise,
});
const fold = (expression: Expression): string => printExpression(foldExpression(expression, COLUMNS));

/** What a row gives, errors too. */
const outcome = (expression: Expression, row: PlainRow): unknown => {
  try {
    return interpret(expression, row, (part) => resolveType(part, COLUMNS));
  } catch (error) {
    if (error instanceof PlainFailure) return "failure";
    throw error;
  }
};

testSuite("fold", (test) => {
  test("constants are computed, and what cannot be decided stays", () => {
    const lines: [Expression, string][] = [
      [call("add", int(2n), call("multiply", int(3n), int(4n))), "14"],
      [call("gt", i, call("subtract", int(10n), int(3n))), "i > 7"],
      [call("divide", int(1n), int(4n)), "0.25"],
      [call("intDivide", int(-7n), int(2n)), "-3"],
      [call("remainder", int(-7n), int(2n)), "-1"],
      [call("intDivide", int(7n), int(0n)), "null:int64"],
      [call("divide", int(7n), int(0n)), "Infinity"],
      [call("eq", float(Number.NaN), float(Number.NaN)), "true"],
      [call("gt", float(Number.NaN), float(Number.POSITIVE_INFINITY)), "true"],
      [call("eq", float(-0), float(0)), "true"],
      [call("lt", literalOf("utf8", "\uffff"), literalOf("utf8", "\u{1f600}")), "true"],
      [call("not", call("not", b)), "b"],
      [call("and", b, TRUE), "b"],
      [call("and", b, FALSE), "false"],
      [call("or", b, FALSE), "b"],
      [call("or", b, TRUE), "true"],
      [call("and", b, NULL), "b and null:boolean"],
      [call("and", call("and", b, TRUE), call("and", b, b)), "b and b and b"],
      [call("add", i, literalOf("int64", null)), "null:int64"],
      [call("coalesce", literalOf("int64", null), i, int(3n), i), "coalesce(i, 3)"],
      [call("coalesce", int(3n), i), "3"],
      [when(TRUE, i, int(3n)), "i"],
      [when(FALSE, i, null), "null:int64"],
      [when(call("gt", int(2n), int(1n)), int(5n), i), "5"],
      [when(TRUE, int(5n), x), "5.0"],
      [{ kind: "cast", input: int(5n), type: "int8", onFailure: "error" }, "5:int8"],
      [{ kind: "cast", input: i, type: "int64", onFailure: "error" }, "i"],
      [call("isNull", int(1n)), "false"],
    ];
    for (const [expression, line] of lines) assert.equal(fold(expression), line, printExpression(expression));
  });

  test("what would fail stays, wherever the engine would reach it", () => {
    const overflow = call("add", int(2n ** 63n - 1n), int(1n));
    assert.equal(fold(overflow), "9223372036854775807 + 1");
    assert.equal(fold({ kind: "cast", input: int(200n), type: "int8", onFailure: "error" }), "cast(200 as int8)");
    assert.equal(fold(call("and", fragile, FALSE)), "cast(i as int8) > 0 and false");
    assert.equal(fold(call("or", fragile, TRUE, b)), "cast(i as int8) > 0 or true");
    assert.equal(fold(call("and", FALSE, fragile)), "false");
    assert.equal(fold(call("add", literalOf("int64", null), call("add", i, int(1n)))), "null:int64 + (i + 1)");
  });

  test("a part keeps its type even where its value would be the same in another", () => {
    assert.equal(fold(when(TRUE, j, x)), "case when true then j else x end");
    assert.equal(fold(call("coalesce", literalOf("int64", null), j)), "coalesce(null:int64, j)");
    // As a constant the null would no longer make the result a float.
    const nothing = call("divide", x, literalOf("float64", null));
    assert.equal(fold(when(b, nothing, i)), "case when b then x / null:float64 else i end");
  });

  test("a folded expression has the type of the original and the same value for every row, or the same failure", () => {
    let folded = 0;
    for (let run = 0; run < 4000; run++) {
      const random = new Random(SEED * 100_000 + run);
      // Few columns, so that there is much to fold.
      const type = random.pick(["boolean", "boolean", "int64", "float64", "utf8", "timestamp"] as const);
      const expression = new RandomExpressions(random, COLUMNS.slice(random.below(5))).of(type, 4);
      const result = foldExpression(expression, COLUMNS);
      const shown = `TEST_SEED=${SEED}, run ${run}: ${printExpression(expression)} -> ${printExpression(result)}`;
      assert.equal(resolveType(result, COLUMNS), resolveType(expression, COLUMNS), shown);
      assert.equal(foldExpression(result, COLUMNS), result, shown);
      if (result !== expression) folded++;
      for (let index = 0; index < 4; index++) {
        const row: PlainRow = new Map(
          COLUMNS.map((column) => [column.name, randomValues(random, column.type as ScalarType, 1)[0]!]),
        );
        assert.deepEqual(outcome(result, row), outcome(expression, row), shown);
      }
    }
    assert.ok(folded > 1000, `${folded} of 4000`);
  });
});
