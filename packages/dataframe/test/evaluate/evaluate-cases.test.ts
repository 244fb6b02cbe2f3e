import assert from "node:assert/strict";
import { encodeCodes, encodeIntegers, encodeUtf8 } from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import { evaluate, isSlowPattern, selectRows } from "../../src/evaluate/evaluate.js";
import { gather } from "../../src/evaluate/gather.js";
import type { Cast, Expression, ScalarType } from "../../src/expression/expression.js";
import { encodeVector } from "../../src/vector/encode-vector.js";
import type { Batch, CodedVector, ColumnVector, Vector } from "../../src/vector/vector.js";
import type { PlainValue } from "./plain-interpreter.js";
import { Random } from "./random.js";
import { call } from "./random-expressions.js";
import { randomVector, textArrays, valuesOf } from "./random-vectors.js";

const col = (name: string): Expression => ({ kind: "column", name });
const text = (value: string): Expression => ({ kind: "literal", type: "utf8", value });
const int = (value: bigint | number): Expression => ({ kind: "literal", type: "int64", value: String(value) });
const cast = (input: Expression, type: ScalarType, onFailure: Cast["onFailure"] = "error"): Expression => ({
  kind: "cast",
  input,
  type,
  onFailure,
});

const column = (layout: ColumnVector["layout"], dictionary?: ColumnVector["dictionary"]): ColumnVector => ({
  kind: "column",
  rowCount: layout.rowCount,
  layout,
  dictionary,
});

const batchOf = (columns: Readonly<Record<string, Vector>>): Batch => ({
  rowCount: Object.values(columns)[0]!.rowCount,
  columns: Object.entries(columns).map(([name, vector]) => ({ name, vector })),
});

const int64s = (...values: bigint[]): Vector =>
  column(encodeIntegers("int64", BigInt64Array.from(values), values.length));

const texts = (...values: string[]): Vector => {
  const { offsets, bytes } = textArrays(values);
  return column(encodeUtf8(offsets, bytes, values.length));
};

const dictionaryOf = (strings: readonly string[]): CodedVector["dictionary"] => {
  const { offsets, bytes } = textArrays(strings);
  return { count: strings.length, offsets, values: bytes };
};

const coded = (dictionary: CodedVector["dictionary"], ...codes: number[]): ColumnVector =>
  column(encodeCodes(Uint32Array.from(codes), dictionary.count, codes.length), dictionary);

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

testSuite("evaluate, case by case", (test) => {
  test("integers are exact up to the ends of int64, and beyond them an error names expression and values", () => {
    const batch = batchOf({ a: int64s(MAX, MIN, 2n ** 53n), b: int64s(0n, 1n, 1n) });
    assert.deepEqual(valuesOf(evaluate(call("add", col("a"), col("b")), batch)), [MAX, MIN + 1n, 2n ** 53n + 1n]);
    assert.throws(() => evaluate(call("add", col("a"), int(1)), batch), {
      code: "INT64_OVERFLOW",
      message:
        "a + 1 is beyond the range of int64 where a is 9223372036854775807; cast an operand to float64, or filter such rows out first",
    });
    for (const name of ["negate", "abs"] as const) {
      assert.throws(() => evaluate(call(name, col("a")), batch), { code: "INT64_OVERFLOW" });
    }
    assert.throws(() => evaluate(call("intDivide", col("a"), int(-1)), batch), { code: "INT64_OVERFLOW" });
  });

  test("numbers that outgrow 2^53 are computed again exactly, and no integer is -0", () => {
    const safe = 2n ** 53n - 1n;
    for (const sign of [1n, -1n]) {
      const ends = batchOf({ a: int64s(sign * safe, 0n), b: int64s(sign * 2n, 1n) });
      assert.deepEqual(valuesOf(evaluate(call("add", col("a"), col("b")), ends)), [sign * (safe + 2n), 1n]);
    }
    const batch = batchOf({ a: int64s(safe, -safe, 0n, 3n), b: int64s(2n, -2n, -5n, 2n ** 40n) });
    const product = evaluate(call("multiply", call("subtract", col("a"), col("a")), col("b")), batch);
    assert.deepEqual(valuesOf(product), [0n, 0n, 0n, 0n]);
    const quotient = call("divide", int(1), call("multiply", call("remainder", col("a"), int(1)), col("b")));
    assert.deepEqual(valuesOf(evaluate(quotient, batch)), new Array(4).fill(Number.POSITIVE_INFINITY));
  });

  test("what a null becomes is not lost on the way through a dictionary", () => {
    const dictionary = dictionaryOf(["a", "b"]);
    const layout = encodeCodes(Uint32Array.of(1, 0, 1), 2, 3, Uint8Array.of(0b101));
    const batch = batchOf({ x: column(layout, dictionary) });
    assert.deepEqual(valuesOf(evaluate(call("coalesce", col("x"), text("-")), batch)), ["b", "-", "b"]);
    assert.deepEqual(valuesOf(evaluate(call("upper", col("x")), batch)), ["B", null, "B"]);
    assert.deepEqual(valuesOf(evaluate(call("isNull", call("upper", col("x"))), batch)), [false, true, false]);
  });

  test("what a case, and or or does not need never fails", () => {
    const batch = batchOf({ text: texts("1", "x", "3"), number: int64s(MAX, 1n, MAX) });
    const isNumber = call("matches", col("text"), text("^[0-9]+$"), text(""));
    const number = cast(col("text"), "int64");
    const guarded: Expression = { kind: "case", branches: [{ when: isNumber, value: number }], otherwise: int(0) };
    assert.deepEqual(valuesOf(evaluate(guarded, batch)), [1n, 0n, 3n]);
    const isThree = call("eq", number, int(3));
    assert.deepEqual(selectRows(call("and", isNumber, isThree), batch), Uint32Array.of(2));
    assert.deepEqual(selectRows(call("or", call("not", isNumber), isThree), batch), Uint32Array.of(1, 2));
    assert.throws(() => selectRows(call("and", isThree, isNumber), batch), {
      code: "CAST_FAILED",
      message: /^cast\(text as int64\) has no value where text is "x"; cast with onFailure "null"/,
    });
    const isOne = call("eq", col("number"), int(1));
    const more = call("gt", call("add", col("number"), int(1)), int(1));
    assert.deepEqual(selectRows(call("and", isOne, more), batch), Uint32Array.of(1));
    const texted: Expression = {
      kind: "case",
      branches: [{ when: isOne, value: cast(call("add", col("number"), int(1)), "utf8") }],
      otherwise: text("-"),
    };
    assert.deepEqual(valuesOf(evaluate(texted, batch)), ["-", "2", "-"]);
  });

  test("NaN equals itself and comes after all numbers, -0 equals 0, and nulls are neither", () => {
    const values: PlainValue[] = [Number.NaN, -0, 1, null];
    const batch = batchOf({ x: randomVector(new Random(1), "float64", values) });
    const test = (name: "eq" | "lt" | "ge", value: number | string): PlainValue[] =>
      valuesOf(evaluate(call(name, col("x"), { kind: "literal", type: "float64", value }), batch));
    assert.deepEqual(test("eq", "NaN"), [true, false, false, null]);
    assert.deepEqual(test("lt", "NaN"), [false, true, true, null]);
    assert.deepEqual(test("ge", 1), [true, false, true, null]);
    assert.deepEqual(test("eq", 0), [false, true, false, null]);
    assert.deepEqual(selectRows(call("not", call("eq", col("x"), int(0))), batch), Uint32Array.of(0, 2));
  });

  test("text becomes numbers, booleans and dates as it is written, with white space around it", () => {
    const cases: readonly [ScalarType, string, PlainValue][] = [
      ["int64", " 12\n", 12n],
      ["int64", "+9223372036854775807", MAX],
      ["int64", "9223372036854775808", null],
      ["int8", "-2.5", -3n],
      ["int8", "1e2", 100n],
      ["int8", "128", null],
      ["int64", "", null],
      ["int64", "0x10", null],
      ["float64", "-.5e-3", -0.0005],
      ["float64", "-inf", Number.NEGATIVE_INFINITY],
      ["float64", "NaN", Number.NaN],
      ["float64", "1,5", null],
      ["float32", "1e39", null],
      ["boolean", "TRUE", true],
      ["boolean", "f", false],
      ["boolean", "yes", null],
      ["date", "2024-02-29", 19_782n],
      ["date", "2023-02-29", null],
      ["date", "2024-2-9", null],
      ["date", "-0001-12-31", -719_529n],
      ["timestamp", "1970-01-01T00:00:00.0000019Z", 1n],
      ["timestamp", "1970-01-01 01:00+01:00", 0n],
      ["timestamp", "1969-12-31 23:59:59.5", -500_000n],
      ["timestamp", "1970-01-01 24:00", null],
    ];
    for (const [type, value, expected] of cases) {
      const batch = batchOf({ x: texts(value) });
      assert.deepEqual(valuesOf(evaluate(cast(col("x"), type, "null"), batch)), [expected], `${type} of "${value}"`);
    }
  });

  test("the first and last days and microseconds have parts, and what lies beyond them is an error", () => {
    const days = column(encodeIntegers("date", Int32Array.of(-(2 ** 31), 2 ** 31 - 1), 2));
    const stamps = column(encodeIntegers("timestamp", BigInt64Array.of(MIN, MAX), 2));
    const batch = batchOf({ day: days, stamp: stamps });
    assert.deepEqual(valuesOf(evaluate(call("year", col("day")), batch)), [-5_877_641n, 5_881_580n]);
    assert.deepEqual(valuesOf(evaluate(call("year", col("stamp")), batch)), [-290_308n, 294_247n]);
    assert.deepEqual(valuesOf(evaluate(call("microsecond", col("stamp")), batch)), [224_192n, 775_807n]);
    assert.throws(() => evaluate(call("plus", col("day"), int(1), text("day")), batch), { code: "DATE_INVALID" });
    assert.throws(() => evaluate(call("truncate", col("stamp"), text("year")), batch), { code: "DATE_INVALID" });
    assert.throws(() => evaluate(call("plus", col("stamp"), int(1), text("microsecond")), batch), {
      code: "DATE_INVALID",
    });
    assert.throws(() => evaluate(call("makeDate", int(2023), int(2), int(29)), batch), {
      code: "DATE_INVALID",
      message: /^makeDate\(2023, 2, 29\) is no day of the calendar/,
    });
    assert.throws(
      () =>
        evaluate(
          call("difference", text("microsecond"), col("stamp"), { kind: "literal", type: "timestamp", value: "0" }),
          batch,
        ),
      {
        code: "INT64_OVERFLOW",
      },
    );
  });

  test("bytes that are no UTF-8 stay as they are, whatever is done to the text around them", () => {
    const bytes = Uint8Array.of(0xff, 0x20, 0x61, 0xf0, 0x9f, 0xfe);
    const batch = batchOf({ x: column(encodeUtf8(Uint32Array.of(0, 1, 6), bytes, 2)) });
    const bytesOf = (expression: Expression): number[][] => {
      const vector = evaluate(expression, batch);
      assert.equal(vector.kind, "text");
      const { offsets, bytes: all } = vector as Extract<Vector, { kind: "text" }>;
      return [0, 1].map((row) => [...all.subarray(offsets[row], offsets[row + 1])]);
    };
    const x = col("x");
    assert.deepEqual(bytesOf(call("upper", x)), [[0xff], [0x20, 0x41, 0xf0, 0x9f, 0xfe]]);
    assert.deepEqual(bytesOf(call("trim", x)), [[0xff], [0x61, 0xf0, 0x9f, 0xfe]]);
    assert.deepEqual(bytesOf(call("slice", x, int(2), int(4))), [[], [0xf0, 0x9f]]);
    assert.deepEqual(bytesOf(call("replaceMatches", x, text("a"), text(""), text("é"))), [
      [0xff],
      [0x20, 0xc3, 0xa9, 0xf0, 0x9f, 0xfe],
    ]);
    assert.deepEqual(valuesOf(evaluate(call("length", x), batch)), [1n, 5n]);
    assert.deepEqual(selectRows(call("eq", x, x), batch), "all");
  });

  test("text of a dictionary is computed once for all chunks, and no code is copied", () => {
    const dictionary = dictionaryOf(["b", "a", "c"]);
    const [first, second] = [coded(dictionary, 0, 1, 0), coded(dictionary, 2, 1, 2)];
    const upper = (vector: Vector): CodedVector =>
      evaluate(call("upper", col("x")), batchOf({ x: vector })) as CodedVector;
    assert.deepEqual(valuesOf(upper(second)), ["C", "A", "C"]);
    assert.equal(upper(first).dictionary, upper(second).dictionary);
    assert.ok("values" in first.layout);
    assert.equal(upper(first).codes.buffer, first.layout.values.buffer);
  });

  test("a dictionary that is much larger than the chunk is not computed whole", () => {
    const dictionary = dictionaryOf(Array.from({ length: 5000 }, (_, code) => `word ${code}`));
    const batch = batchOf({ x: coded(dictionary, 4999, 17) });
    const vector = evaluate(call("upper", col("x")), batch);
    assert.equal(vector.kind, "text");
    assert.deepEqual(valuesOf(vector), ["WORD 4999", "WORD 17"]);
    assert.deepEqual(selectRows(call("contains", col("x"), text("17")), batch), Uint32Array.of(1));
  });

  test("a vector with other nulls than its column is encoded without touching the column", () => {
    const x = coded(dictionaryOf(["a", "b", "c"]), 1, 0, 2, 1);
    const nulled = evaluate(call("nullIf", col("x"), col("y")), batchOf({ x, y: texts("b", "-", "-", "b") }));
    assert.equal(encodeVector(nulled).nullCount, 2);
    assert.deepEqual(valuesOf(x), ["b", "a", "c", "b"]);
  });

  test("names of columns and constants never become source", () => {
    const name = '"]; throw 1; //`\n\u2028';
    const batch = batchOf({ [name]: int64s(1n, 2n), "k0 = p[0]": texts(name, "") });
    assert.deepEqual(valuesOf(evaluate(call("add", col(name), int(1)), batch)), [2n, 3n]);
    assert.deepEqual(selectRows(call("eq", col("k0 = p[0]"), text(name)), batch), Uint32Array.of(0));
  });

  test("a pattern that explodes is matched in linear time, and those that cannot be are told apart", () => {
    const batch = batchOf({ x: texts(`${"a".repeat(40)}b`, "aa") });
    const matches = (pattern: string, flags = ""): Expression => call("matches", col("x"), text(pattern), text(flags));
    assert.deepEqual(selectRows(matches("^(a+)+$"), batch), Uint32Array.of(1));
    assert.equal(isSlowPattern(call("not", matches("^(a+)+$"))), false);
    for (const slow of [matches("a", "i"), matches("a", "u"), matches("(a)\\1"), matches("(?=a)"), matches("(?<!a)")]) {
      assert.equal(isSlowPattern(call("and", matches("a"), slow)), true);
    }
  });

  test("an unknown column and a type that does not fit are errors before anything is computed", () => {
    const batch = batchOf({ x: int64s(1n) });
    assert.throws(() => evaluate(col("y"), batch), { code: "COLUMN_UNKNOWN" });
    assert.throws(() => selectRows(call("upper", col("x")), batch), { code: "TYPE_MISMATCH" });
  });

  test("gather takes rows in any order and as often as wanted, from every kind of vector", () => {
    const values: readonly (readonly [ScalarType, PlainValue[]])[] = [
      ["boolean", [true, null, false, true]],
      ["int8", [1n, null, -128n, 7n]],
      ["int64", [MAX, null, MIN, 0n]],
      ["timestamp", [2n ** 40n, 2n ** 40n + 5n, null, 2n ** 40n]],
      ["float64", [-0, Number.NaN, null, 1.5]],
      ["utf8", ["a", null, "", "straße"]],
    ];
    const rows = Uint32Array.of(3, 3, 0, 1, 2, 0, 99);
    for (const [type, column] of values) {
      for (let seed = 0; seed < 12; seed++) {
        const vector = randomVector(new Random(seed), type, column);
        const expected = [...rows.subarray(0, 6)].map((row) => column[row]);
        assert.deepEqual(valuesOf(gather(vector, rows, 6)), expected, `${type}, TEST_SEED=${seed}`);
        assert.deepEqual(valuesOf(gather(vector, rows, 0)), []);
      }
    }
  });
});
