/** What functions mean, by examples whose answers were worked out by hand; DuckDB checks many more. */
import assert from "node:assert/strict";
import type { Expression, ScalarType } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { bind } from "../src/bind.js";
import { Failure } from "../src/failure.js";
import { call, column, integer, literal, text } from "../src/random/build.js";
import { bytesOf, isValidText, textOf } from "../src/text-bytes.js";
import type { Exact, Value } from "../src/values.js";

const value = (expression: Expression): Value => bind(expression, []).of([]);
const float = (number: number | null) => literal("float64", number);
const int = (number: bigint | number | null) => literal("int64", number === null ? null : BigInt(number));
const truth = (boolean: boolean | null) => literal("boolean", boolean);
const cast = (input: Expression, type: ScalarType, onFailure: "error" | "null" = "error"): Expression => ({
  kind: "cast",
  input,
  type,
  onFailure,
});
const day = (iso: string) => cast(text(iso), "date");
const moment = (iso: string) => cast(text(iso), "timestamp");
const MAX = 2n ** 63n - 1n;

const holds = (cases: readonly (readonly [Expression, Exact])[]): void => {
  for (const [expression, expected] of cases) assert.deepEqual(value(expression), expected, JSON.stringify(expression));
};
const fails = (code: Failure["code"], ...expressions: readonly Expression[]): void => {
  for (const expression of expressions)
    assert.throws(
      () => value(expression),
      (error) => error instanceof Failure && error.code === code,
      JSON.stringify(expression),
    );
};

testSuite("functions of the reference", (test) => {
  test("integers are exact and stay within int64", () => {
    holds([
      [call("add", int(2n ** 53n), int(1)), 2n ** 53n + 1n],
      [call("intDivide", int(-7), int(2)), -3n],
      [call("remainder", int(-7), int(2)), -1n],
      [call("intDivide", int(1), int(0)), null],
      [call("remainder", int(1), int(0)), null],
      [call("add", int(1), int(null)), null],
      [call("round", int(-15), integer(-1)), -20n],
      [call("add", int(1), float(0.5)), 1.5],
    ]);
    fails("INT64_OVERFLOW", call("add", int(MAX), int(1)), call("negate", int(-MAX - 1n)), call("abs", int(-MAX - 1n)));
    fails("INT64_OVERFLOW", call("intDivide", int(-MAX - 1n), int(-1)), call("multiply", int(2n ** 62n), int(2)));
  });
  test("floats are IEEE's, and round half away from zero", () => {
    holds([
      [call("divide", int(1), int(0)), Number.POSITIVE_INFINITY],
      [call("divide", int(0), int(0)), Number.NaN],
      [call("round", float(2.5)), 3],
      [call("round", float(-2.5)), -3],
      [call("round", float(0.49999999999999994)), 0],
      [call("round", float(123.456), integer(2)), 123.46],
      [call("round", float(1250), integer(-2)), 1300],
      [call("trunc", float(-0.5)), -0],
      [cast(float(2.5), "int64"), 3n],
      [cast(float(-3.5), "int8"), -4n],
    ]);
  });
  test("NaN equals NaN and is greater than every number; zeros are equal", () => {
    holds([
      [call("eq", float(Number.NaN), float(Number.NaN)), true],
      [call("gt", float(Number.NaN), float(Number.POSITIVE_INFINITY)), true],
      [call("eq", float(-0), float(0)), true],
      [call("greatest", float(Number.NaN), float(1), float(null)), Number.NaN],
      [call("least", float(null), float(2), int(1)), 1],
      [call("isNaN", float(Number.NaN)), true],
      [call("isFinite", int(1)), true],
    ]);
  });
  test("logic has three values", () => {
    holds([
      [call("and", truth(null), truth(false)), false],
      [call("and", truth(null), truth(true)), null],
      [call("or", truth(null), truth(true), truth(false)), true],
      [call("or", truth(null), truth(false)), null],
      [call("not", truth(null)), null],
      [call("eq", int(null), int(null)), null],
      [{ kind: "isIn", input: int(1), values: [int(2), int(null)] }, null],
      [{ kind: "isIn", input: int(2), values: [int(2), int(null)] }, true],
      [{ kind: "isIn", input: int(null), values: [int(2)] }, null],
      [call("coalesce", int(null), int(3)), 3n],
      [call("nullIf", int(3), float(3)), null],
      [call("isNull", int(null)), true],
    ]);
  });
  test("a branch is computed where its condition is true, and has the type of all", () => {
    const bad = cast(text("no number"), "int64");
    const guarded = (when: Expression): Expression => ({
      kind: "case",
      branches: [{ when, value: bad }],
      otherwise: float(2),
    });
    holds([
      [guarded(truth(false)), 2],
      [guarded(truth(null)), 2],
      [{ kind: "case", branches: [{ when: truth(true), value: int(1) }], otherwise: float(2) }, 1],
      [{ kind: "case", branches: [{ when: truth(false), value: int(1) }], otherwise: null }, null],
    ]);
    fails("CAST_FAILED", guarded(truth(true)));
  });
  test("text counts code points, and is compared by bytes", () => {
    holds([
      [call("length", text("😀é")), 2n],
      [call("byteLength", text("😀é")), 6n],
      [call("upper", text("straße")), "STRASSE"],
      [call("lower", text("ΑΣ")), bytesOf("ας")],
      [call("slice", text("a😀bc"), integer(1), integer(3)), bytesOf("😀b")],
      [call("slice", text("abc"), integer(-2)), "bc"],
      [call("slice", text("abc"), integer(2), integer(1)), ""],
      [call("lt", text("Z"), text("a")), true],
      [call("lt", text("\u{10000}"), text("\uffff")), false],
      [call("replace", text("aaa"), text("a"), text("$&")), "$&$&$&"],
      [call("split", text("a,b,"), text(",")), ["a", "b", ""]],
      [call("concat", text("a"), text("b")), "ab"],
      [call("padStart", text("é"), integer(3), text("ab")), bytesOf("abé")],
      [call("padEnd", text("abc"), integer(2), text(".")), "abc"],
    ]);
  });
  test("bytes that are no UTF-8 are characters of their own, and stay", () => {
    const odd = bind(call("upper", column("x")), [{ name: "x", type: "utf8" }]);
    for (const bytes of ["\xff", "a\xffb", "\xc3", "\xed\xa0\x80", "\xf0\x9f\x98", "\xc0\x80", "\xc3\xa9\xff"]) {
      assert.equal(bytesOf(textOf(bytes)), bytes);
      assert.ok(!isValidText(bytes));
    }
    assert.equal(odd.of(["a\xffb\xc3\xa9"]), "A\xffB\xc3\x89");
    assert.equal(textOf("a\xffb").length, 3);
  });
  test("regular expressions are JavaScript's", () => {
    holds([
      [call("matches", text("abc"), text("B"), text("i")), true],
      [call("extract", text("x12y3"), text("([0-9])([0-9])"), text(""), integer(2)), "2"],
      [call("extract", text("x"), text("[0-9]"), text(""), integer(0)), null],
      [call("extract", text("b"), text("(a)?b"), text(""), integer(1)), null],
      [call("replaceMatches", text("a1b2"), text("[a-z]([0-9])"), text(""), text("$1-")), "1-2-"],
    ]);
  });
  test("dates before 1970 have their parts, units and clipped months", () => {
    holds([
      [call("year", day("1969-12-31")), 1969n],
      [call("dayOfWeek", day("1969-12-28")), 0n],
      [call("week", day("2021-01-03")), 53n],
      [call("week", day("2020-12-28")), 53n],
      [call("quarter", day("1900-03-01")), 1n],
      [call("dayOfYear", day("2024-12-31")), 366n],
      [call("hour", moment("1969-12-31 23:59:58.5")), 23n],
      [call("second", moment("1969-12-31 23:59:58.5")), 58n],
      [call("microsecond", moment("1969-12-31 23:59:58.5")), 500_000n],
      [call("eq", call("truncate", day("2024-02-29"), text("week")), day("2024-02-26")), true],
      [call("eq", call("truncate", moment("1969-12-31 23:59"), text("quarter")), moment("1969-10-01")), true],
      [call("eq", call("plus", day("2024-01-31"), integer(1), text("month")), day("2024-02-29")), true],
      [call("eq", call("plus", day("2024-02-29"), integer(-1), text("year")), day("2023-02-28")), true],
      [call("difference", text("week"), day("2024-01-07"), day("2024-01-08")), 1n],
      [call("difference", text("year"), moment("1969-12-31 23:59"), day("1970-01-01")), 1n],
      [call("difference", text("hour"), moment("1969-12-31 23:59"), moment("1969-12-31 23:01")), 0n],
      [call("eq", call("makeDate", integer(2024), integer(2), integer(29)), day("2024-02-29")), true],
    ]);
    fails("DATE_INVALID", call("makeDate", integer(2023), integer(2), integer(29)));
  });
  test("casts keep what fits and refuse or drop the rest", () => {
    holds([
      [cast(text(" 12 "), "int64"), 12n],
      [cast(text("1e3"), "float64"), 1000],
      [cast(text("abc"), "int64", "null"), null],
      [cast(text(""), "float64", "null"), null],
      [cast(text("__proto__"), "float64", "null"), null],
      [cast(int(200), "int8", "null"), null],
      [cast(float(1e300), "float32", "null"), null],
      [cast(float(0.1), "float32"), Math.fround(0.1)],
      [cast(truth(true), "int32"), 1n],
      [cast(day("1969-12-31"), "utf8"), "1969-12-31"],
    ]);
    fails("CAST_FAILED", cast(text("abc"), "int64"), cast(float(Number.NaN), "int64"), cast(int(200), "int8"));
  });
});
