import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import type { Expression, Literal, ScalarType } from "../../src/expression/expression.js";
import type { FunctionName } from "../../src/expression/functions.js";
import { literalOf } from "../../src/expression/literal-value.js";
import { printExpression, shapeOf, summarizeExpression } from "../../src/expression/print.js";
import { anyExpression } from "../kit/random-plans.js";

const SEED = seedFromEnv(42);

const col = (name: string): Expression => ({ kind: "column", name });
const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });
const int = (value: number): Literal => literalOf("int64", BigInt(value));
const float = (value: number): Literal => literalOf("float64", value);
const text = (value: string): Literal => literalOf("utf8", value);
const isIn = (input: Expression, ...values: Literal[]): Expression => ({ kind: "isIn", input, values });
const nothing = (type: ScalarType): Literal => literalOf(type, null);
const [a, b, c] = [col("a"), col("b"), col("c")];

/** Without the declared types of columns. */
const bare = (expression: Expression): string =>
  JSON.stringify(expression, (key, value) =>
    value?.kind === "column" && key !== "type" ? { ...value, type: undefined } : value,
  );

/** All expressions of up to `size` nodes over a few names: those that notations confuse. */
const small = (size: number): Expression[] => {
  const bySize: Expression[][] = [[], [a, int(5), int(-5), float(5), text("a"), nothing("int64")]];
  for (let total = 2; total <= size; total++) {
    const level: Expression[] = [];
    for (const input of bySize[total - 1]!) {
      for (const name of ["negate", "not", "isNull", "lower"] as const) level.push(call(name, input));
      level.push(isIn(input, int(5)), { kind: "cast", input, type: "int8", onFailure: "null" });
      level.push({ kind: "cast", input, type: "int8", onFailure: "error" });
    }
    for (let first = 1; first < total - 1; first++)
      for (const left of bySize[first]!)
        for (const right of bySize[total - 1 - first]!) {
          for (const name of ["and", "or", "eq", "lt", "add", "subtract", "divide", "intDivide", "concat"] as const)
            level.push(call(name, left, right));
          level.push({ kind: "case", branches: [{ when: left, value: right }], otherwise: null });
        }
    for (let first = 1; first < total - 2; first++)
      for (let second = 1; first + second < total - 1; second++)
        for (const one of bySize[first]!)
          for (const two of bySize[second]!)
            for (const three of bySize[total - 1 - first - second]!) {
              for (const name of ["and", "or", "add"] as const) level.push(call(name, one, two, three));
              level.push({ kind: "case", branches: [{ when: one, value: two }], otherwise: three });
            }
    bySize.push(level);
  }
  return bySize.flat();
};

testSuite("print expression", (test) => {
  test("expressions read as people write them, with no more parentheses than they need", () => {
    const lines: [Expression, string][] = [
      [
        call("and", call("gt", col("distance"), int(0)), isIn(col("carrier"), text("AA"), text("DL"))),
        'distance > 0 and carrier in ("AA", "DL")',
      ],
      [call("or", call("and", a, b), c), "a and b or c"],
      [call("and", call("or", a, b), c), "(a or b) and c"],
      [call("and", a, b, c), "a and b and c"],
      [call("and", a, call("and", b, c)), "a and (b and c)"],
      [call("and", call("and", a, b), c), "(a and b) and c"],
      [call("not", call("eq", a, b)), "not a = b"],
      [call("eq", call("not", a), b), "(not a) = b"],
      [call("not", isIn(a, int(1))), "not a in (1)"],
      [call("isNotNull", call("add", a, int(1))), "a + 1 is not null"],
      [call("isNull", call("eq", a, b)), "(a = b) is null"],
      [call("eq", call("lt", a, b), c), "(a < b) = c"],
      [call("subtract", call("subtract", a, b), c), "a - b - c"],
      [call("subtract", a, call("subtract", b, c)), "a - (b - c)"],
      [call("multiply", call("add", a, b), c), "(a + b) * c"],
      [call("add", a, call("multiply", b, c)), "a + b * c"],
      [call("intDivide", a, call("remainder", b, c)), "a // (b % c)"],
      [call("negate", call("negate", a)), "-(-a)"],
      [call("negate", int(5)), "-(5)"],
      [call("subtract", a, int(-5)), "a - -5"],
      [call("multiply", call("negate", a), b), "-a * b"],
      [call("round", call("divide", a, float(60)), int(1)), "round(a / 60.0, 1)"],
      [
        { kind: "case", branches: [{ when: call("lt", a, int(0)), value: text("early") }], otherwise: text("late") },
        'case when a < 0 then "early" else "late" end',
      ],
      [{ kind: "cast", input: call("add", a, b), type: "int8", onFailure: "error" }, "cast(a + b as int8)"],
      [{ kind: "cast", input: a, type: "float64", onFailure: "null" }, "try_cast(a as float64)"],
      [literalOf("int8", 5n), "5:int8"],
      [float(5), "5.0"],
      [float(1e300), "1e+300"],
      [float(-0), "-0.0"],
      [float(Number.NaN), "NaN"],
      [literalOf("float32", 0.5), "0.5:float32"],
      [nothing("utf8"), "null:utf8"],
      [literalOf("date", -1n), 'date "1969-12-31"'],
      [literalOf("timestamp", 1_709_212_455_123_456n), 'timestamp "2024-02-29 13:14:15.123456"'],
      [col("null"), "`null`"],
      [col("Total Due"), "`Total Due`"],
      [col('`"\\'), '`\\`"\\\\`'],
      [text('say "é"\n\u202e'), '"say \\"é\\"\\n\\u202e"'],
    ];
    for (const [expression, line] of lines) assert.equal(printExpression(expression), line);
  });

  test("two different expressions never have the same text: all small ones", () => {
    const expressions = small(4);
    const seen = new Map<string, Expression>();
    for (const expression of expressions) {
      const line = printExpression(expression);
      assert.equal(bare(seen.get(line) ?? expression), bare(expression), line);
      seen.set(line, expression);
    }
    assert.equal(seen.size, new Set(expressions.map(bare)).size);
    assert.ok(seen.size > 10_000);
  });

  test("two different expressions never have the same text: random ones", () => {
    const seen = new Map<string, string>();
    for (const expression of fc.sample(anyExpression, { seed: SEED, numRuns: 3000 })) {
      const line = printExpression(expression);
      assert.equal(seen.get(line) ?? bare(expression), bare(expression), line);
      seen.set(line, bare(expression));
    }
  });

  test("a text is one line of what a terminal shows in order", () => {
    fc.assert(
      fc.property(anyExpression, (expression) => {
        assert.doesNotMatch(printExpression(expression), /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test("the shape is the same for other constants of the same types, and only for them", () => {
    const shape = (value: Literal, ...values: Literal[]) =>
      shapeOf(call("and", call("gt", a, value), isIn(b, ...values)));
    assert.equal(shape(int(1), text("AA")), "a > ?:int64 and b in (?:utf8)");
    assert.equal(shape(int(1), text("AA")), shape(int(-2), text("")));
    assert.notEqual(shape(int(1), text("AA")), shape(float(1), text("AA")));
    assert.notEqual(shape(int(1), text("AA")), shape(nothing("int64"), text("AA")));
  });

  test("a long list of values is cut for people and whole as a key", () => {
    const values = Array.from({ length: 25 }, (_, index) => int(index));
    assert.match(summarizeExpression(isIn(a, ...values)), /^a in \(0, 1, .* 19, 5 more\)$/);
    assert.match(printExpression(isIn(a, ...values)), / 23, 24\)$/);
  });
});
