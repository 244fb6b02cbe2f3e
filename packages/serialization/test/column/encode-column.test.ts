import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import {
  encodeBooleans,
  encodeCodes,
  encodeFloat64s,
  encodeIntegers,
  encodeLists,
  encodeUtf8,
} from "../../src/column/encode-column.js";

const FIRST_AND_THIRD = () => new Uint8Array([0b101]);

testSuite("encodeColumn", (test) => {
  test("float64 and wide int64 arrays are taken over, not copied", () => {
    const floats = new Float64Array([1.5, 2.5, 0]);
    const column = encodeFloat64s(floats, 2);
    assert.equal(column.encoding === "float64" && column.values.buffer === floats.buffer, true);
    assert.equal(column.encoding === "float64" && column.values.length, 2);
    const integers = new BigInt64Array([1n, 2n ** 62n]);
    const wide = encodeIntegers("int64", integers, 2);
    assert.equal(wide.encoding === "int64" && wide.values.buffer === integers.buffer, true);
  });

  test("whatever the slots of null rows hold, the column is the same", () => {
    assert.deepEqual(
      encodeFloat64s(new Float64Array([1, 7, 2]), 3, FIRST_AND_THIRD()),
      encodeFloat64s(new Float64Array([1, 0, 2]), 3, FIRST_AND_THIRD()),
    );
    for (const type of ["int32", "int64"] as const) {
      for (const [first, third] of [
        [1n, 2n],
        [1000n, 1001n],
        [-5n, 70_000n],
      ] as const) {
        const arrayOf = (second: bigint) =>
          type === "int64"
            ? new BigInt64Array([first, second, third])
            : new Int32Array([first, second, third].map((value) => Number(value)));
        assert.deepEqual(
          encodeIntegers(type, arrayOf(9n), 3, FIRST_AND_THIRD()),
          encodeIntegers(type, arrayOf(0n), 3, FIRST_AND_THIRD()),
        );
      }
    }
    assert.deepEqual(
      encodeIntegers("int64", new BigInt64Array([-1n, 5n, 2n ** 60n]), 3, FIRST_AND_THIRD()),
      encodeIntegers("int64", new BigInt64Array([-1n, 0n, 2n ** 60n]), 3, FIRST_AND_THIRD()),
    );
    assert.deepEqual(
      encodeCodes(new Uint32Array([1, 99, 0]), 2, 3, FIRST_AND_THIRD()),
      encodeCodes(new Uint8Array([1, 0, 0]), 2, 3, FIRST_AND_THIRD()),
    );
    assert.deepEqual(
      encodeBooleans(new Uint8Array([0b011]), 3, FIRST_AND_THIRD()),
      encodeBooleans(new Uint8Array([0b001]), 3, FIRST_AND_THIRD()),
    );
  });

  test("packed over its source, a column is the same", () => {
    for (const values of [
      [-100, 0, 27],
      [2 ** 15, 0, -(2 ** 15)],
      [2 ** 31 - 1, 0, -(2 ** 31)],
    ]) {
      const sources: (() => Int32Array | Float64Array | BigInt64Array)[] = [
        () => Int32Array.from(values),
        () => Float64Array.from(values),
        () => BigInt64Array.from(values, BigInt),
      ];
      for (const sourceOf of sources) {
        const source = sourceOf();
        const packed = encodeIntegers("int64", source, 3, FIRST_AND_THIRD(), "source");
        assert.deepEqual(packed, encodeIntegers("int64", sourceOf(), 3, FIRST_AND_THIRD()));
        assert.equal("values" in packed && packed.values.buffer === source.buffer, true);
      }
    }
    for (const size of [200, 60_000, 70_000]) {
      const codesOf = () => new Uint32Array([1, size - 1, size - 2, size - 3]);
      const source = codesOf();
      const packed = encodeCodes(source, size, 4, undefined, "source");
      assert.deepEqual(packed, encodeCodes(codesOf(), size, 4));
      assert.equal("values" in packed && packed.values.buffer === source.buffer, true);
    }
  });

  test("values that get wider are never packed over their source", () => {
    const wide = encodeCodes(new Uint8Array([3, 1, 2, 0]), 70_000, 4, undefined, "source");
    assert.deepEqual(wide, encodeCodes(new Uint32Array([3, 1, 2, 0]), 70_000, 4));
  });

  test("the same integers give the same column from numbers and from 64-bit integers", () => {
    for (const values of [
      [1, -2, 3],
      [2 ** 53, -(2 ** 53), 0],
      [2 ** 40, 2 ** 40 + 100, 2 ** 40 + 7],
      [-(2 ** 33), -(2 ** 33) - 1, -(2 ** 33) - 70_000],
      [5, 5, 5],
    ]) {
      const exact = new BigInt64Array(values.map((value) => BigInt(value)));
      assert.deepEqual(encodeIntegers("int64", new Float64Array(values), 3), encodeIntegers("int64", exact, 3));
    }
  });

  test("a bitmap without nulls, or of nulls only, is dropped", () => {
    assert.equal(encodeFloat64s(new Float64Array([1, 2, 3]), 3, new Uint8Array([7])).validity, undefined);
    const nulls = encodeFloat64s(new Float64Array([1, 2, 3]), 3, new Uint8Array([0]));
    assert.deepEqual([nulls.encoding, nulls.nullCount, nulls.validity], ["null", 3, undefined]);
  });

  test("arrays that contradict each other are bugs", () => {
    assert.throws(() => encodeFloat64s(new Float64Array(2), 3), /invariant: 3 rows in an array of 2/);
    assert.throws(
      () => encodeFloat64s(new Float64Array(9), 9, new Uint8Array(1)),
      /invariant: 9 rows in a bitmap of 1/,
    );
    assert.throws(() => encodeFloat64s(new Float64Array(3), 3, new Uint8Array([0xff])), /invariant: the spare bits/);
    assert.throws(() => encodeCodes(new Uint8Array([3]), 3, 1), /invariant: codes are below the dictionary's size/);
    assert.throws(
      () => encodeIntegers("int8", new Int32Array([1, 128]), 2),
      /invariant: values from 1 to 128 are no int8/,
    );
    const text = new Uint8Array(4);
    assert.throws(() => encodeUtf8(new Uint32Array([1, 4]), text, 1), /invariant: the first offset/);
    assert.throws(() => encodeUtf8(new Uint32Array([0, 5]), text, 1), /invariant: .*end inside/);
    assert.throws(() => encodeUtf8(new Uint32Array([0, 3, 2]), text, 2), /invariant: .*ascend/);
    assert.throws(() => encodeUtf8(new Uint32Array([0, 1, 2, 3]), text, 3, FIRST_AND_THIRD()), /invariant: a null/);
    const items = encodeFloat64s(new Float64Array(3), 3);
    assert.throws(() => encodeLists(new Uint32Array([0, 1, 2]), items, 2), /invariant: every item is in a list/);
    assert.throws(() => encodeLists(new Uint32Array([0, 2, 1, 3]), items, 3), /invariant: .*ascend/);
    assert.throws(() => encodeLists(new Uint32Array([0, 1, 2, 3]), items, 3, FIRST_AND_THIRD()), /invariant: a null/);
  });
});
