import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { type ColumnLayout, type Order, SCALAR_TYPES } from "../../src/column/column-types.js";
import { UNKNOWN_STATISTICS } from "../../src/column/integer-statistics.js";
import { lowerTextBound, upperTextBound } from "../../src/column/utf8-statistics.js";
import { bitsOfFloat, type Cell, floatOfBits, isFloat, layoutOf, type Model, models } from "./random-columns.js";

const SEED = seedFromEnv(12);

/** The order of `sort` for two values that are not null. */
const compare = (type: Model["type"], left: Cell, right: Cell): number => {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  const [a, b] = isFloat(type)
    ? [floatOfBits(left as bigint, type), floatOfBits(right as bigint, type)]
    : [left, right];
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a! < b! ? -1 : a! > b! ? 1 : 0;
};

const orderOracle = ({ type, cells, dictionary }: Model): Order => {
  const values = cells.filter((cell) => cell !== null);
  if (cells.slice(0, values.length).includes(null)) return "none";
  const pairs = values.slice(1).map((value, index) => compare(type, values[index]!, value));
  if (pairs.every((pair) => pair === 0)) return "constant";
  if (dictionary !== undefined) return "none";
  if (pairs.every((pair) => pair <= 0)) return "ascending";
  return pairs.every((pair) => pair >= 0) ? "descending" : "none";
};

const valuesOf = ({ type, cells }: Model): Cell[] =>
  cells.filter((cell) => cell !== null).sort((left, right) => compare(type, left, right));

const column = (type: Model["type"], cells: Cell[]): ColumnLayout => layoutOf({ type, cells });

testSuite("statistics", (test) => {
  for (const type of SCALAR_TYPES) {
    test(`${type}: order, bounds, magnitude and distinct count are those of a plain look at the values`, () => {
      fc.assert(
        fc.property(
          fc.nat(20).chain((rowCount) => models(type, rowCount)),
          (model) => {
            const { statistics } = layoutOf(model);
            const values = valuesOf(model);
            assert.equal(statistics.order, orderOracle(model));
            const changes = values.slice(1).filter((value, index) => compare(type, values[index]!, value) !== 0).length;
            if (statistics.distinctCount !== undefined) {
              assert.equal(statistics.distinctCount, values.length === 0 ? 0 : changes + 1);
            } else assert.equal(statistics.order, "none");
            const [min, max] = [values[0], values.at(-1)];
            if (min === undefined || max === undefined || model.dictionary !== undefined) {
              assert.equal(statistics.min, undefined);
              assert.equal(statistics.max, undefined);
            } else if (type === "utf8") {
              assert.deepEqual(statistics.min, lowerTextBound(min as Uint8Array));
              assert.deepEqual(statistics.max, upperTextBound(max as Uint8Array));
            } else if (isFloat(type)) {
              const float = (cell: Cell): number => floatOfBits(cell as bigint, type) + 0;
              assert.equal(Object.is(statistics.min, float(min)), true);
              assert.equal(Object.is(statistics.max, float(max)), true);
              const finite = values.map((cell) => Math.abs(float(cell))).filter((value) => Number.isFinite(value));
              assert.equal(statistics.magnitude, finite.length === 0 ? undefined : Math.max(...finite));
              const nonzero = finite.filter((value) => value !== 0);
              assert.equal(statistics.smallest, nonzero.length === 0 ? undefined : Math.min(...nonzero));
            } else {
              assert.equal(statistics.min, min);
              assert.equal(statistics.max, max);
              if (type === "boolean") return;
              const [low, high] = [-(min as bigint), max as bigint];
              for (const end of [low, high]) assert.equal((statistics.magnitude as bigint) >= end, true);
              assert.equal(statistics.magnitude === low || statistics.magnitude === high, true);
            }
          },
        ),
        { seed: SEED, numRuns: 400 },
      );
    });
  }

  test("nothing is claimed about lists; their items have statistics of their own", () => {
    const lists = layoutOf({ type: "list", items: "int32", cells: [[3n, 5n], null, [], [9n, null]] });
    assert.deepEqual(lists.statistics, UNKNOWN_STATISTICS);
    assert.equal(lists.encoding, "list");
    if (lists.encoding !== "list") return;
    assert.deepEqual([...lists.offsets], [0, 2, 2, 2, 4]);
    assert.deepEqual([lists.items.statistics.order, lists.items.statistics.max], ["ascending", 9n]);
  });

  test("nulls at the end keep a column sorted, nulls before a value do not", () => {
    assert.equal(column("int32", [1n, 2n, null]).statistics.order, "ascending");
    assert.equal(column("int32", [null, 1n, 2n]).statistics.order, "none");
    assert.equal(column("int32", [7n, 7n, null]).statistics.order, "constant");
    assert.equal(column("int32", [7n, null, 7n]).statistics.order, "none");
  });

  test("NaN stands after infinity, and -0 and 0 are one value that is not stored as one", () => {
    const [nan, infinity, zero, minusZero] = [Number.NaN, Number.POSITIVE_INFINITY, 0, -0].map(bitsOfFloat) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    assert.equal(column("float64", [zero, infinity, nan]).statistics.order, "ascending");
    assert.equal(column("float64", [nan, infinity, zero]).statistics.order, "descending");
    const zeros = column("float64", [minusZero, zero]);
    assert.equal(zeros.encoding, "float64");
    assert.deepEqual(zeros.statistics, {
      order: "constant",
      min: 0,
      max: 0,
      magnitude: 0,
      smallest: undefined,
      distinctCount: 1,
    });
    assert.equal(column("float64", [minusZero, minusZero]).encoding, "constant");
    assert.equal(column("float64", [nan, nan ^ 1n]).encoding, "float64");
    assert.equal(column("float64", [nan ^ 1n, null, nan ^ 1n]).encoding, "constant");
  });

  test("int64 bounds beyond 2^53 are exact", () => {
    const { statistics } = column("int64", [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]);
    assert.equal(statistics.min, -(2n ** 63n));
    assert.equal(statistics.max, 2n ** 63n - 1n);
    assert.equal(statistics.magnitude, 2n ** 63n);
  });

  test("a cut bound of text is still a bound, or unknown", () => {
    const long = new Uint8Array(40).fill(0x61);
    assert.deepEqual(lowerTextBound(long), long.slice(0, 32));
    assert.equal(Buffer.compare(upperTextBound(long)!, long), 1);
    const ends = long.slice().fill(0xff, 20);
    assert.deepEqual(upperTextBound(ends), new Uint8Array([...long.slice(0, 19), 0x62]));
    assert.equal(upperTextBound(new Uint8Array(33).fill(0xff)), undefined);
    assert.deepEqual(upperTextBound(new Uint8Array(32).fill(0xff)), new Uint8Array(32).fill(0xff));
  });
});
