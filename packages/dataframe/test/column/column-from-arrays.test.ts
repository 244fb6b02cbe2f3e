import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { Column } from "../../src/column/column.js";
import {
  dictionaryColumn,
  float64Column,
  int64ColumnFromNumbers,
  utf8Column,
} from "../../src/column/column-from-arrays.js";
import { columnFromValues } from "../../src/column/column-from-values.js";

const SECOND_IS_NULL = () => new Uint8Array([0b101]);

testSuite("column from arrays", (test) => {
  test("ready arrays make the column that appending makes", () => {
    assert.deepEqual(
      int64ColumnFromNumbers(new Float64Array([1000, Number.NaN, 1001, 9]), 3, SECOND_IS_NULL()),
      columnFromValues("int64", [1000, null, 1001]),
    );
    assert.deepEqual(
      int64ColumnFromNumbers(new Float64Array([-0, 2 ** 53]), 2),
      columnFromValues("int64", [0, 2 ** 53]),
    );
    assert.deepEqual(
      float64Column(new Float64Array([1, 9, -0]), 3, SECOND_IS_NULL()),
      columnFromValues("float64", [1, null, -0]),
    );
    assert.deepEqual(
      utf8Column(new Uint32Array([0, 2, 2, 3]), new TextEncoder().encode("abc"), SECOND_IS_NULL()),
      columnFromValues("utf8", ["ab", null, "c"]),
    );
  });

  test("numbers that are no exact integers are refused by row", () => {
    const make =
      (...values: number[]) =>
      () =>
        int64ColumnFromNumbers(new Float64Array(values), values.length);
    assert.throws(make(1, 1.5), { code: "TYPE_MISMATCH", message: /row 1 is 1.5/ });
    assert.throws(make(Number.NaN), { code: "TYPE_MISMATCH" });
    assert.throws(make(Number.NEGATIVE_INFINITY), { code: "TYPE_MISMATCH" });
    assert.throws(make(1, 2, 2 ** 53 + 2), { code: "INT64_UNSAFE", message: /row 2 is 9007199254740994/ });
  });

  test("codes take the width of the dictionary's size", () => {
    for (const [size, encoding] of [
      [256, "codes8"],
      [257, "codes16"],
      [65_537, "codes32"],
    ] as const) {
      const column = dictionaryColumn(new Uint32Array([0, 1, 0]), size);
      assert.equal(column.encoding, encoding);
      // Counted where the marks of a whole dictionary fit the cache; a single code is known anyway.
      assert.equal(column.statistics.distinctCount, size <= 65_536 ? 2 : undefined);
      assert.equal(dictionaryColumn(new Uint32Array([1, 1]), size).statistics.distinctCount, 1);
    }
  });

  test("text beyond 2^31 bytes is addressed by unsigned offsets", () => {
    const start = 2 ** 31 + 1;
    // Pages that nobody touches cost no memory.
    const bytes = new Uint8Array(start + 16);
    bytes.set([0x6f, 0x61, 0x6b], start);
    const column = new Column("tree", utf8Column(new Uint32Array([0, start, start + 3]), bytes));
    assert.equal(column.layout.encoding, "plain");
    assert.equal(column.get(1), "oak");
    assert.equal(column.bytesAt(0)?.length, start);
  });
});
