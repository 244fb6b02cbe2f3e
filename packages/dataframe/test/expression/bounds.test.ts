import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import type { ColumnStatistics } from "../../src/expression/bounds/leaf-bounds.js";
import type { Bounds } from "../../src/expression/bounds/value-bounds.js";
import { boundsOf } from "../../src/expression/bounds.js";
import type { Expression } from "../../src/expression/expression.js";
import type { FunctionName } from "../../src/expression/functions.js";
import { literalOf } from "../../src/expression/literal-value.js";
import { printExpression } from "../../src/expression/print.js";
import { resolveType } from "../../src/expression/resolve-type.js";
import { batchStatistics } from "../../src/vector/batch-statistics.js";
import { interpret, PlainFailure, type PlainRow, type PlainValue } from "../evaluate/plain-interpreter.js";
import { Random } from "../evaluate/random.js";
import { type RandomColumn, RandomExpressions } from "../evaluate/random-expressions.js";
import { randomChunk } from "../kit/random-chunk.js";

const SEED = seedFromEnv(45);
const COLUMNS: readonly RandomColumn[] = [
  { name: "b", type: "boolean" },
  { name: "i", type: "int64" },
  { name: "j", type: "int8" },
  { name: "x", type: "float64" },
  { name: "y", type: "float64" },
  { name: "t", type: "utf8" },
  { name: "d", type: "date" },
  { name: "ts", type: "timestamp" },
];

const col = (name: string): Expression => ({ kind: "column", name });
const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });
const int = (value: bigint): Expression => literalOf("int64", value);
const float = (value: number): Expression => literalOf("float64", value);
const column = (
  name: string,
  type: RandomColumn["type"],
  min: ColumnStatistics["min"],
  max: ColumnStatistics["max"],
): ColumnStatistics => ({
  name,
  type,
  rowCount: 10,
  nullCount: 0,
  min,
  max,
});
const [i, x] = [col("i"), col("x")];

/** Whether the bounds allow for what a row gave; undefined stands for a failure. */
const allows = ({ values, mayBeNull, mayFail }: Bounds, value: PlainValue | undefined): boolean => {
  if (value === undefined) return mayFail;
  if (value === null) return mayBeNull;
  switch (values?.kind) {
    case "integers":
      return typeof value === "bigint" && values.min <= value && value <= values.max;
    case "floats":
      if (typeof value !== "number") return false;
      return Number.isNaN(value) ? values.mayBeNaN : values.min <= value && value <= values.max;
    case "booleans":
      return value === true ? values.mayBeTrue : value === false && values.mayBeFalse;
    case "texts":
      return (
        typeof value === "string" &&
        (values.min === undefined || Buffer.compare(values.min, Buffer.from(value)) <= 0) &&
        (values.max === undefined || Buffer.compare(Buffer.from(value), values.max) <= 0)
      );
    default:
      return values?.kind === "any";
  }
};

const plain = (expression: Expression, row: PlainRow): PlainValue | undefined => {
  try {
    return interpret(expression, row, (part) => resolveType(part, COLUMNS));
  } catch (error) {
    if (error instanceof PlainFailure) return undefined;
    throw error;
  }
};

testSuite("bounds", (test) => {
  test("no row gives what the bounds do not allow", () => {
    let narrow = 0;
    for (let run = 0; run < 5_000; run++) {
      const random = new Random(SEED * 100_000 + run);
      const type = random.pick(["boolean", "int64", "float64", "utf8", "date", "timestamp"] as const);
      const expression = new RandomExpressions(random, COLUMNS).of(type, 1 + random.below(4));
      const { rows, batch } = randomChunk(random, COLUMNS);
      const bounds = boundsOf(expression, batchStatistics(batch));
      for (const row of rows) {
        const value = plain(expression, row);
        const shown = () =>
          `TEST_SEED=${SEED}, run ${run}: ${printExpression(expression)} of ${JSON.stringify([...row], (_, inner) => (typeof inner === "bigint" || typeof inner === "number" ? String(inner) : inner))} is ${String(value)}`;
        assert.ok(allows(bounds, value), shown());
      }
      if (bounds.values?.kind === "integers" && bounds.values.max - bounds.values.min < 1000n) narrow++;
      if (bounds.values?.kind === "floats" && bounds.values.max - bounds.values.min < 1000) narrow++;
      if (bounds.values?.kind === "booleans" && bounds.values.mayBeTrue !== bounds.values.mayBeFalse) narrow++;
    }
    assert.ok(narrow > 800, `${narrow} of 5000 say something`);
  });

  test("arithmetic is bounded as closely as its parts are known", () => {
    const statistics = [column("i", "int64", -3n, 10n), column("x", "float64", 0.5, 4)];
    const values = (expression: Expression) => boundsOf(expression, statistics).values;
    assert.deepEqual(values(call("add", i, int(5n))), { kind: "integers", min: 2n, max: 15n });
    assert.deepEqual(values(call("multiply", i, i)), { kind: "integers", min: -30n, max: 100n });
    assert.deepEqual(values(call("abs", i)), { kind: "integers", min: 0n, max: 10n });
    assert.deepEqual(values(call("remainder", i, int(4n))), { kind: "integers", min: -3n, max: 3n });
    assert.deepEqual(values(call("intDivide", int(100n), i)), { kind: "integers", min: -100n, max: 100n });
    assert.deepEqual(values(call("multiply", x, i)), { kind: "floats", min: -12, max: 40, mayBeNaN: false });
    assert.deepEqual(values(call("divide", int(2n), x)), { kind: "floats", min: 0.5, max: 4, mayBeNaN: false });
    assert.deepEqual(values(call("sqrt", x)), { kind: "floats", ...outwards(Math.sqrt(0.5), 2), mayBeNaN: false });
    assert.deepEqual(values(call("subtract", x, float(0.5))), { kind: "floats", min: 0, max: 3.5, mayBeNaN: false });
  });

  test("an integer that may leave 64 bits may fail, and what does not fail is inside them", () => {
    const statistics = [column("i", "int64", 2n ** 62n, 2n ** 63n - 1n)];
    const doubled = boundsOf(call("add", i, i), statistics);
    assert.deepEqual(doubled, { values: undefined, mayBeNull: false, mayFail: true });
    assert.deepEqual(boundsOf(call("add", i, int(1n)), statistics), {
      values: { kind: "integers", min: 2n ** 62n + 1n, max: 2n ** 63n - 1n },
      mayBeNull: false,
      mayFail: true,
    });
  });

  test("by zero, and of what is no number, floats say so", () => {
    const statistics = [column("x", "float64", 0, 4), column("y", "float64", 1, Number.NaN)];
    const bounds = (expression: Expression) => boundsOf(expression, statistics).values;
    const all = { kind: "floats", min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
    assert.deepEqual(bounds(call("divide", int(1n), x)), { ...all, mayBeNaN: false });
    assert.deepEqual(bounds(call("divide", x, x)), { ...all, mayBeNaN: true });
    const root: Expression = { kind: "cast", input: call("sqrt", float(-1)), type: "int8", onFailure: "error" };
    assert.deepEqual(boundsOf(root, statistics), { values: undefined, mayBeNull: false, mayFail: true });
    const mixed = call("sqrt", call("subtract", x, int(1n)));
    assert.ok(boundsOf({ ...root, input: mixed }, statistics).mayFail);
    // NaN hides the greatest number, which may be infinite.
    assert.deepEqual(bounds(col("y")), { ...all, min: 1, mayBeNaN: true });
    assert.deepEqual(bounds(call("multiply", x, col("y"))), { ...all, min: 0, mayBeNaN: true });
  });

  test("a year is bounded by the days of a chunk", () => {
    const day = (text: string): bigint => BigInt(Date.parse(text) / 86_400_000);
    const statistics = [
      column("d", "date", day("1969-12-31"), day("2024-02-29")),
      column("ts", "timestamp", -1n, day("2024-12-31") * 86_400_000_000n),
    ];
    assert.deepEqual(boundsOf(call("year", col("d")), statistics).values, { kind: "integers", min: 1969n, max: 2024n });
    assert.deepEqual(boundsOf(call("year", col("ts")), statistics).values, {
      kind: "integers",
      min: 1969n,
      max: 2024n,
    });
    assert.deepEqual(boundsOf(call("lt", col("d"), col("ts")), statistics).values, {
      kind: "booleans",
      mayBeTrue: true,
      mayBeFalse: true,
    });
  });

  test("values that compare equal are within the same bounds", () => {
    assert.ok(allows(boundsOf(x, [column("x", "float64", 0, 0)]), -0));
  });
});

/** As far out as the slack of library functions goes. */
const outwards = (min: number, max: number) => ({
  min: min - min * 2 ** -48 - Number.MIN_VALUE,
  max: max + max * 2 ** -48 + Number.MIN_VALUE,
});
