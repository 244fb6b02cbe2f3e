import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import {
  PARTITION_COUNT_MAX,
  partitionCount,
  partitionOfBytes,
  partitionOfCode,
} from "../../src/frame/partition-rule.js";

testSuite("partition rule", (test) => {
  test("the number of partitions is that of the golden table", () => {
    const golden: readonly (readonly [number, number])[] = [
      [0, 1],
      [1, 1],
      [262_144, 1],
      [262_145, 2],
      [524_288, 2],
      [524_289, 4],
      [1_000_000, 4],
      [10_000_000, 64],
      [16_777_216, 64],
      [1e12, 64],
    ];
    for (const [rowCount, count] of golden) assert.equal(partitionCount(rowCount), count, `${rowCount} rows`);
  });

  test("codes and strings go where the golden table says: nodes must agree for ever", () => {
    assert.deepEqual(
      [0, 1, 2, 3, 255, 256, 65_536, 4_294_967_295].map((code) => partitionOfCode(code, 64)),
      [11, 29, 21, 40, 8, 21, 10, 23],
    );
    const words = ["", "a", "b", "the", "constructor", "__proto__", "\u00e9"].map((word) => Buffer.from(word));
    assert.deepEqual(
      words.map((word) => partitionOfBytes(word, 0, word.length, 64)),
      [1, 29, 40, 20, 46, 32, 19],
    );
  });

  test("a string's partition depends on its own bytes only", () => {
    const bytes = Buffer.from("xxthexx");
    assert.equal(partitionOfBytes(bytes, 2, 5, 16), partitionOfBytes(Buffer.from("the"), 0, 3, 16));
  });

  test("both spread evenly", () => {
    for (const partitionOf of [
      (index: number) => partitionOfCode(index, PARTITION_COUNT_MAX),
      (index: number) => {
        const bytes = Buffer.from(`id${index}`);
        return partitionOfBytes(bytes, 0, bytes.length, PARTITION_COUNT_MAX);
      },
    ]) {
      const counts = new Array<number>(PARTITION_COUNT_MAX).fill(0);
      for (let index = 0; index < 64_000; index++) counts[partitionOf(index)]!++;
      for (const count of counts) assert.ok(count > 800 && count < 1_200, `${count} of 1000`);
    }
  });
});
