import assert from "node:assert/strict";
import { decodeChunk, encodeChunk } from "@eau2/serialization";
import { testSuite } from "@eau2/testing";
import { Column } from "../../src/column/column.js";
import { dictionaryColumn } from "../../src/column/column-from-arrays.js";
import { columnFromValues, dictionaryFromStrings, listsFromValues } from "../../src/column/column-from-values.js";

const cells = (column: Column): unknown[] => Array.from({ length: column.rowCount }, (_, row) => column.get(row));

/** The layouts as they come out of a shared slab. */
const throughBytes = (column: Column): Column => {
  const encoded = encodeChunk([column.layout], column.rowCount);
  const bytes = new Uint8Array(new SharedArrayBuffer(encoded.byteLength));
  encoded.write(bytes);
  return new Column(column.name, decodeChunk(bytes).columns[0]!, column.dictionary);
};

testSuite("Column", (test) => {
  test("every type reads the same from a builder and from shared bytes", () => {
    const epoch = new Date(0);
    const strings = ["straße", "", '"\n\0', "\ufeffbom", "🦊", "x".repeat(5000)];
    for (const [column, expected] of [
      [columnFromValues("boolean", [true, null, false]), [true, null, false]],
      [columnFromValues("boolean", [true, true]), [true, true]],
      [columnFromValues("int8", [-128, 127, null]), [-128, 127, null]],
      [columnFromValues("int16", [30_000, 30_001]), [30_000, 30_001]],
      [columnFromValues("int32", [2 ** 31 - 1, 0, -(2 ** 31)]), [2 ** 31 - 1, 0, -(2 ** 31)]],
      [columnFromValues("int64", [2 ** 53, -(2 ** 53), null, 7]), [2 ** 53, -(2 ** 53), null, 7]],
      [columnFromValues("int64", [2 ** 53, 2 ** 53 - 3]), [2 ** 53, 2 ** 53 - 3]],
      [columnFromValues("int64", [2 ** 40, 2 ** 40 + 99_999]), [2 ** 40, 2 ** 40 + 99_999]],
      [columnFromValues("int64", [5, 5]), [5, 5]],
      [columnFromValues("int64", [2 ** 33 - 1, -(2 ** 33) - 1, 0]), [2 ** 33 - 1, -(2 ** 33) - 1, 0]],
      [columnFromValues("float64", [-0, Number.NaN, 1.5, null]), [-0, Number.NaN, 1.5, null]],
      [columnFromValues("float64", [Number.NEGATIVE_INFINITY]), [Number.NEGATIVE_INFINITY]],
      [columnFromValues("float32", [-0, Number.NaN, 1.5, null]), [-0, Number.NaN, 1.5, null]],
      [columnFromValues("float32", [0.5, 0.5]), [0.5, 0.5]],
      [columnFromValues("date", [0, -1, null, 19_782]), [epoch, new Date(-86_400_000), null, new Date("2024-02-29")]],
      [columnFromValues("date", [-100_000_000, 100_000_000]), [new Date(-8.64e15), new Date(8.64e15)]],
      [columnFromValues("timestamp", [0, -1_000, null]), [epoch, new Date(-1), null]],
      [columnFromValues("timestamp", [8.64e18, -8.64e18].map(BigInt)), [new Date(8.64e15), new Date(-8.64e15)]],
      [listsFromValues("utf8", [["a", null], null, [], strings]), [["a", null], null, [], strings]],
      [listsFromValues("date", [[0, null], [-1]]), [[epoch, null], [new Date(-86_400_000)]]],
      [listsFromValues("float32", [[null], [null]]), [[null], [null]]],
      [listsFromValues("int64", [[], []]), [[], []]],
      [listsFromValues("boolean", [null]), [null]],
      [columnFromValues("utf8", strings), strings],
      [columnFromValues("utf8", ["same", "same", null]), ["same", "same", null]],
      [columnFromValues("utf8", [null]), [null]],
    ] as const) {
      assert.deepEqual(cells(new Column("x", column)), expected);
      assert.deepEqual(cells(throughBytes(new Column("x", column))), expected);
    }
  });

  test("an integer beyond 2^53 is INT64_UNSAFE naming the column, in every encoding, and exact as a bigint", () => {
    const big = 2n ** 53n + 1n;
    for (const values of [
      [big, big],
      [big, big + 5n],
      [big, big + 70_000n],
      [big, 0n],
      [-big, 0n],
      [-(2n ** 63n), 1n],
    ]) {
      const column = throughBytes(new Column("user id", columnFromValues("int64", values)));
      assert.throws(() => column.get(0), {
        code: "INT64_UNSAFE",
        message: new RegExp(`row 0 of column "user id": ${values[0]}`),
      });
      assert.deepEqual([column.bigintAt(0), column.bigintAt(1)], values);
    }
  });

  test("a time that no Date holds exactly is TIMESTAMP_UNSAFE naming the column, and exact as a bigint", () => {
    for (const [type, stored, why] of [
      ["timestamp", 1n, "no whole millisecond"],
      ["timestamp", -1_709_212_455_123_456n, "no whole millisecond"],
      ["timestamp", 8_640_000_000_000_001_000n, "beyond the range of a Date"],
      ["timestamp", -(2n ** 63n) + 808n, "beyond the range of a Date"],
      ["date", 100_000_001n, "beyond the range of a Date"],
      ["date", -(2n ** 31n), "beyond the range of a Date"],
    ] as const) {
      const column = throughBytes(new Column("left at", columnFromValues(type, [0n, stored])));
      assert.throws(() => column.get(1), {
        code: "TIMESTAMP_UNSAFE",
        message: new RegExp(`row 1 of column "left at": \\w+ ${stored} is ${why}.*; declare .* "bigint"`),
      });
      assert.deepEqual([column.get(0), column.bigintAt(1)], [new Date(0), stored]);
    }
  });

  test("bytes of text are views of the chunk or of the dictionary", () => {
    const dictionary = dictionaryFromStrings(["oak", new Uint8Array([0xff]), ""]);
    const codes = dictionaryColumn(new Uint32Array([1, 0, 2]), dictionary.count, new Uint8Array([0b111]));
    const coded = throughBytes(new Column("tree", codes, dictionary));
    assert.deepEqual(cells(coded), ["\ufffd", "oak", ""]);
    assert.deepEqual(coded.bytesAt(0), new Uint8Array([0xff]));
    assert.equal(coded.bytesAt(1)?.buffer, dictionary.values.buffer);
    const constant = throughBytes(new Column("tree", dictionaryColumn(new Uint32Array([1, 1]), 3), dictionary));
    assert.equal(constant.layout.encoding, "constantCode");
    assert.deepEqual(constant.bytesAt(1), new Uint8Array([0xff]));
    const plain = throughBytes(new Column("tree", columnFromValues("utf8", ["ab", null, "c"])));
    assert.equal(plain.bytesAt(0)?.buffer instanceof SharedArrayBuffer, true);
    assert.equal(plain.bytesAt(1), null);
  });

  test("an item that cannot be read names itself and its column, and bytes of lists are a mismatch", () => {
    const lists = new Column("ids", listsFromValues("int64", [[1], [2n ** 60n]]));
    assert.throws(() => lists.get(1), {
      code: "INT64_UNSAFE",
      message: /read item 1 of column "ids": 1152921504606846976/,
    });
    assert.throws(() => lists.bytesAt(0), { code: "TYPE_MISMATCH", message: /column "ids": it is list/ });
    assert.throws(() => lists.bigintAt(0), { code: "TYPE_MISMATCH" });
  });

  test("a row that is not there, bytes of a number and a bigint of text are errors naming the column", () => {
    const column = new Column("n", columnFromValues("float64", [1, 2]));
    for (const row of [-1, 2, 0.5, Number.NaN]) {
      assert.throws(() => column.get(row), { code: "USAGE", message: /of column "n": it has 2 rows/ });
      assert.throws(() => column.isNull(row), { code: "USAGE" });
    }
    assert.throws(() => column.bytesAt(0), { code: "TYPE_MISMATCH", message: /column "n": it is float64/ });
    assert.throws(() => column.bigintAt(0), { code: "TYPE_MISMATCH" });
    assert.throws(() => new Column("n", dictionaryColumn(new Uint32Array([1, 0]), 2)), /invariant: .*dictionary/);
  });
});
