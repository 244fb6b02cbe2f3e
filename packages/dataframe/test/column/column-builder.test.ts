import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { Column } from "../../src/column/column.js";
import { type ColumnBuilder, columnBuilder } from "../../src/column/column-builder.js";
import { columnFromValues, listsFromValues } from "../../src/column/column-from-values.js";

const OPTIONS = { seed: seedFromEnv(21), numRuns: 200 };

const DAY_MS = 86_400_000;

type Value = boolean | number | bigint | string | Uint8Array | Date;

const withNulls = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<readonly (Value | null)[]> =>
  fc.oneof(
    fc.array(fc.option(values, { freq: 4 }), { maxLength: 200 }),
    fc.array(values, { maxLength: 200 }),
    fc.array(fc.constant(null), { maxLength: 20 }),
  );

/** int64 beyond 2^53 is read as a bigint, everything else as it is. */
const readBack = (column: Column): (Value | null)[] =>
  Array.from({ length: column.rowCount }, (_, row) => {
    if (column.type === "int64") return column.bigintAt(row);
    return column.type === "utf8" ? column.bytesAt(row) : (column.get(row) as Value | null);
  });

const bytes = (value: Value | null): Value | null =>
  typeof value === "string" ? new TextEncoder().encode(value) : value;

const CASES = {
  boolean: withNulls<Value>(fc.boolean()),
  int8: withNulls<Value>(fc.integer({ min: -128, max: 127 })),
  int16: withNulls<Value>(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })),
  int32: withNulls<Value>(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  int64: withNulls<Value>(
    fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.constantFrom(2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n),
    ),
  ),
  float64: withNulls<Value>(
    fc.oneof(fc.double(), fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)),
  ),
  float32: withNulls<Value>(
    fc.oneof(fc.float(), fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 128 - 2 ** 104, 2 ** -149)),
  ),
  date: withNulls<Value>(fc.integer({ min: -100_000_000, max: 100_000_000 }).map((days) => new Date(days * DAY_MS))),
  timestamp: withNulls<Value>(
    fc.integer({ min: -100_000_000 * DAY_MS, max: 100_000_000 * DAY_MS }).map((ms) => new Date(ms)),
  ),
  utf8: withNulls<Value>(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.uint8Array({ maxLength: 80 }),
      fc.constantFrom("", "\0", '"\n', "__proto__", "\ufeffbom"),
    ),
  ),
} as const;

testSuite("column builders", (test) => {
  for (const [type, values] of Object.entries(CASES)) {
    test(`${type}: what was appended reads back, nulls included`, () => {
      fc.assert(
        fc.property(values, (appended) => {
          const builder = columnBuilder(type as keyof typeof CASES) as ColumnBuilder<Value>;
          for (const value of appended) {
            if (value === null) builder.appendNull();
            else builder.append(value);
          }
          assert.equal(builder.rowCount, appended.length);
          const column = new Column("x", builder.finish());
          assert.deepEqual(readBack(column), appended.map(bytes));
          assert.equal(column.layout.nullCount, appended.filter((value) => value === null).length);
          for (const [row, value] of appended.entries()) assert.equal(column.isNull(row), value === null);
        }),
        OPTIONS,
      );
    });
  }

  test("numbers and bigints make the same int64 column", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.maxSafeInteger()), { maxLength: 100 }), (numbers) => {
        const exact = numbers.map((value) => (value === null ? null : BigInt(value)));
        assert.deepEqual(columnFromValues("int64", numbers), columnFromValues("int64", exact));
      }),
      OPTIONS,
    );
  });

  test("values that the type does not hold are refused, and the rows before them stay", () => {
    const mismatch = { code: "TYPE_MISMATCH" };
    const int8 = columnBuilder("int8");
    int8.append(127);
    for (const value of [128, -129, 0.5, Number.NaN, 2 ** 32]) assert.throws(() => int8.append(value), mismatch);
    int8.append(-128);
    assert.deepEqual(readBack(new Column("x", int8.finish())), [127, -128]);

    const int64 = columnBuilder("int64");
    int64.append(2 ** 53);
    assert.throws(() => int64.append(2 ** 53 + 2), { code: "INT64_UNSAFE" });
    for (const value of [1.5, Number.POSITIVE_INFINITY, 2n ** 63n]) assert.throws(() => int64.append(value), mismatch);
    int64.append(-(2n ** 63n));
    assert.deepEqual(readBack(new Column("x", int64.finish())), [2n ** 53n, -(2n ** 63n)]);
  });

  test("dates are days, timestamps microseconds, given as a Date or as an integer; other times and values are refused", () => {
    const given = new Date("1969-12-31T00:00:00Z");
    assert.deepEqual(columnFromValues("date", [given, null, -1, -1n]), columnFromValues("date", [-1, null, -1, -1]));
    assert.deepEqual(
      columnFromValues("timestamp", [given, null, -86_400_000_000]),
      columnFromValues("timestamp", [-86_400_000_000n, null, -86_400_000_000n]),
    );
    const mismatch = { code: "TYPE_MISMATCH" };
    const days = columnBuilder("date");
    assert.throws(() => days.append(new Date("1969-12-31T00:00:00.001Z")), {
      ...mismatch,
      message: "append 1969-12-31T00:00:00.001Z to a column of date: a day is its midnight, UTC; use timestamp",
    });
    for (const value of [new Date(Number.NaN), 0.5, 2 ** 31, 2n ** 31n]) {
      assert.throws(() => days.append(value), mismatch);
    }
    const micros = columnBuilder("timestamp");
    for (const value of [new Date(Number.NaN), 0.5, 2n ** 63n]) assert.throws(() => micros.append(value), mismatch);
    assert.throws(() => micros.append(2 ** 53 + 2), { code: "INT64_UNSAFE", message: /column of timestamp/ });
    assert.deepEqual([days.rowCount, micros.rowCount], [0, 0]);
  });

  test("float32 keeps the nearest value that it has, and refuses what would become infinite", () => {
    const column = new Column("x", columnFromValues("float32", [0.1, 16_777_217, 1e-60]));
    assert.deepEqual([column.get(0), column.get(1), column.get(2)], [Math.fround(0.1), 16_777_216, 0]);
    const builder = columnBuilder("float32");
    assert.throws(() => builder.append(-1e300), { code: "TYPE_MISMATCH", message: /-1e\+300 to a column of float32/ });
    assert.equal(builder.rowCount, 0);
  });

  test("a column without rows, of one row and of nulls only have their encodings", () => {
    for (const type of ["boolean", "int16", "int64", "float32", "float64", "utf8", "date", "timestamp"] as const) {
      const empty = columnFromValues(type, []);
      assert.deepEqual([empty.encoding, empty.rowCount, empty.nullCount], ["null", 0, 0]);
      const nulls = columnFromValues(type, [null, null]);
      assert.deepEqual([nulls.encoding, nulls.rowCount, nulls.nullCount], ["null", 2, 2]);
    }
    assert.equal(columnFromValues("float64", [1.5]).encoding, "constant");
    assert.equal(columnFromValues("utf8", ["a"]).encoding, "constant");
  });

  test("lists read back with their nulls, empty lists and null lists, whatever the type of their items", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(CASES) as (keyof typeof CASES)[])).chain((type) =>
          fc.record({
            type: fc.constant(type),
            lists: fc.array(fc.option(CASES[type].map((items) => items.slice(0, 4))), { maxLength: 100 }),
          }),
        ),
        ({ type, lists }) => {
          const layout = listsFromValues(type, lists as never);
          assert.equal(layout.rowCount, lists.length);
          assert.equal(layout.nullCount, lists.filter((list) => list === null).length);
          if (layout.encoding === "null") return;
          const items = readBack(new Column("x", layout.items));
          const read = lists.map((_, row) =>
            new Column("x", layout).isNull(row) ? null : items.slice(layout.offsets[row], layout.offsets[row + 1]),
          );
          assert.deepEqual(
            read,
            lists.map((list) => list?.map(bytes) ?? null),
          );
        },
      ),
      OPTIONS,
    );
  });

  test("text is appended from the middle of other bytes, short and long", () => {
    const builder = columnBuilder("utf8");
    const source = new Uint8Array(5000).map((_, index) => index % 251);
    for (const [start, end] of [
      [3, 3],
      [3, 20],
      [100, 140],
      [0, 5000],
    ] as const) {
      builder.appendBytes(source, start, end);
    }
    const column = new Column("x", builder.finish());
    assert.deepEqual(column.bytesAt(1), source.slice(3, 20));
    assert.deepEqual(column.bytesAt(2), source.slice(100, 140));
    assert.deepEqual([column.bytesAt(0)?.length, column.bytesAt(3)?.length], [0, 5000]);
  });
});
