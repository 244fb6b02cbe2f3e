import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { coalesce, col, concat, greatest, least, lit, makeDate } from "../../src/expression/builders.js";
import { visitExpression } from "../../src/expression/children.js";
import { FUNCTION_NAMES } from "../../src/expression/functions.js";
import { printExpression } from "../../src/expression/print.js";
import type { Term } from "../../src/expression/term.js";
import { when } from "../../src/expression/when.js";
import { boolean, date, float32, float64, int8, int64, timestamp, utf8 } from "../../src/schema/data-types.js";

const a = col("a", int64);
const f = col("f", float64);
const s = col("s", utf8);
const b = col("b", boolean);
const t = col("t", timestamp);
const list = col("list");

/** Every method and builder, and what it makes. */
const WRITTEN: readonly (readonly [Term, string])[] = [
  [a.add(1), "a + 1"],
  [f.sub(a), "f - a"],
  [a.mul(2.5), "a * 2.5"],
  [a.div(3), "a / 3"],
  [a.intDiv(3), "a // 3"],
  [a.mod(-3), "a % -3"],
  [a.neg(), "-a"],
  [a.abs(), "abs(a)"],
  [a.sign(), "sign(a)"],
  [f.round(), "round(f)"],
  [f.round(-2), "round(f, -2)"],
  [f.floor(), "floor(f)"],
  [f.ceil(), "ceil(f)"],
  [f.trunc(), "trunc(f)"],
  [f.sqrt(), "sqrt(f)"],
  [f.exp(), "exp(f)"],
  [f.ln(), "ln(f)"],
  [f.log2(), "log2(f)"],
  [f.log10(), "log10(f)"],
  [f.pow(2), "power(f, 2)"],
  [f.isNaN(), "isNaN(f)"],
  [f.isFinite(), "isFinite(f)"],
  [a.eq(f), "a = f"],
  [s.ne("x"), 's != "x"'],
  [a.lt(2n ** 62n), "a < 4611686018427387904"],
  [a.le(0), "a <= 0"],
  [a.gt(-0), "a > -0.0"],
  [a.ge(Number.NaN), "a >= NaN"],
  [a.between(1, f), "a >= 1 and a <= f"],
  [a.isIn([1, 2.5]), "a in (1, 2.5)"],
  [s.isIn(["x", null]), 's in ("x", null:utf8)'],
  [s.isIn(new Set<string>()), "s in ()"],
  [a.isNull(), "a is null"],
  [a.isNotNull(), "a is not null"],
  [a.orElse(f, 0), "coalesce(a, f, 0)"],
  [s.nullIf(""), 'nullIf(s, "")'],
  [f.cast(int8), "cast(f as int8)"],
  [s.cast(date, { onFailure: "null" }), "try_cast(s as date)"],
  [a.toText(), "cast(a as utf8)"],
  [b.and(a.gt(1), true), "b and a > 1 and true"],
  [b.or(b.not()), "b or not b"],
  [s.length(), "length(s)"],
  [s.byteLength(), "byteLength(s)"],
  [s.lower(), "lower(s)"],
  [s.upper(), "upper(s)"],
  [s.trim(), "trim(s)"],
  [s.trimStart(), "trimStart(s)"],
  [s.trimEnd(), "trimEnd(s)"],
  [s.slice(-3), "slice(s, -3)"],
  [s.slice(1, a), "slice(s, 1, a)"],
  [s.contains("x"), 'contains(s, "x")'],
  [s.startsWith(s), "startsWith(s, s)"],
  [s.endsWith("x"), 'endsWith(s, "x")'],
  [s.matches(/^a+$/gi), 'matches(s, "^a+$", "i")'],
  [s.extract(/(\d+)/, 1), 'extract(s, "(\\\\d+)", "", 1)'],
  [s.extract(/x/), 'extract(s, "x", "", 0)'],
  [s.replace("x", "y"), 'replace(s, "x", "y")'],
  [s.replace(/x/g, "$&$&"), 'replaceMatches(s, "x", "", "$&$&")'],
  [s.split(","), 'split(s, ",")'],
  [s.concat("-", s), 'concat(s, "-", s)'],
  [s.padStart(5), 'padStart(s, 5, " ")'],
  [s.padEnd(a, "."), 'padEnd(s, a, ".")'],
  [t.year(), "year(t)"],
  [t.quarter(), "quarter(t)"],
  [t.month(), "month(t)"],
  [t.day(), "day(t)"],
  [t.dayOfYear(), "dayOfYear(t)"],
  [t.dayOfWeek(), "dayOfWeek(t)"],
  [t.week(), "week(t)"],
  [t.hour(), "hour(t)"],
  [t.minute(), "minute(t)"],
  [t.second(), "second(t)"],
  [t.microsecond(), "microsecond(t)"],
  [t.truncate("month"), 'truncate(t, "month")'],
  [
    t.difference(new Date("1969-12-31T23:59:59.999Z"), "day"),
    'difference("day", timestamp "1969-12-31 23:59:59.999", t)',
  ],
  [t.plus(a, "day"), 'plus(t, a, "day")'],
  [list.size(), "listLength(list)"],
  [list.at(-1), "listGet(list, -1)"],
  [list.includes("x"), 'listContains(list, "x")'],
  [lit(5), "5"],
  [lit(5, float64), "5.0"],
  [lit(0.1, float32), "0.10000000149011612:float32"],
  [lit(5, int8), "5:int8"],
  [lit(null, utf8), "null:utf8"],
  [lit(2n ** 53n + 1n), "9007199254740993"],
  [lit(2 ** 53), "9007199254740992.0"],
  [lit(new Date("1969-12-31"), date), 'date "1969-12-31"'],
  [concat("a", s, "b"), 'concat("a", s, "b")'],
  [least(a, 5), "least(a, 5)"],
  [greatest(a, f, 5), "greatest(a, f, 5)"],
  [coalesce(s, "none"), 'coalesce(s, "none")'],
  [makeDate(2024, a, 29), "makeDate(2024, a, 29)"],
  [when(b, 1).otherwise(null), "case when b then 1 end"],
  [when(a.gt(1), "x").when(b, null).otherwise(s), 'case when a > 1 then "x" when b then null:boolean else s end'],
];

testSuite("expressions as programs write them", (test) => {
  test("every method makes the node that it stands for, and every function has a method", () => {
    const used = new Set<string>();
    for (const [{ node }, expected] of WRITTEN) {
      assert.equal(printExpression(node), expected);
      visitExpression(node, (inner) => inner.kind === "call" && used.add(inner.name));
    }
    assert.deepEqual(
      FUNCTION_NAMES.filter((name) => !used.has(name)),
      [],
    );
  });

  test("expressions never change, down to their constants", () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
    for (const [term, expected] of WRITTEN) assert.ok(frozen(term), expected);
  });

  test("what is no constant is refused, and told what to do", () => {
    const said = (message: RegExp) => ({ code: "USAGE", message });
    const any = (value: unknown) => value as never;
    assert.throws(() => a.eq(any(null)), said(/^null cannot be a constant: .* ask for nulls with isNull\(\)/));
    assert.throws(() => a.eq(any(undefined)), said(/^undefined cannot be a constant/));
    assert.throws(() => s.contains(any(/x/)), said(/^the pattern \/x\/ cannot be a constant/));
    assert.throws(() => t.eq(any({})), said(/^an object cannot be a constant/));
    assert.throws(() => a.add(any(2n ** 63n)), said(/^9223372036854775808 is no constant of type int64$/));
    assert.throws(() => lit(300, int8), said(/^300 is no constant of type int8$/));
    assert.throws(() => lit(1.5, int64), said(/^1.5 is no constant of type int64$/));
    assert.throws(
      () => lit(new Date("2024-01-01T12:00Z"), date),
      said(/^2024-01-01T12:00:00.000Z is no constant of type date$/),
    );
    assert.throws(() => t.eq(new Date(Number.NaN)), said(/^an invalid Date is no constant of type timestamp$/));
  });

  test("JavaScript's operators on an expression are an error, not a comparison of objects", () => {
    assert.throws(() => (a as never) > 5, { code: "USAGE", message: /write row\.delay\.gt\(5\)/ });
    assert.throws(() => `${a}`, { code: "USAGE" });
  });
});
