import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { civilOf, daysOf, parseDate, parseTimestamp, printDate, printTimestamp, weekdayOf } from "../src/civil.js";
import { Random } from "../src/random/random.js";

testSuite("calendar", (test) => {
  test("days are those of Date, over all of its range", () => {
    const random = new Random(3);
    const days = [...Array(2000).keys()].map(() => random.between(-100_000_000, 100_000_000));
    for (const day of [...days, ...Array(3000).keys(), ...[...Array(3000).keys()].map((index) => -1 - index)]) {
      const date = new Date(day * 86_400_000);
      const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      assert.deepEqual(civilOf(day), civil);
      assert.equal(daysOf(civil), day);
      assert.equal((weekdayOf(day) + 1) % 7, date.getUTCDay());
    }
  });
  test("text is ISO's, and comes back", () => {
    assert.equal(printDate(0n), "1970-01-01");
    assert.equal(printDate(BigInt(daysOf({ year: -44, month: 3, day: 15 }))), "-000044-03-15");
    assert.equal(printDate(BigInt(daysOf({ year: 10_000, month: 1, day: 1 }))), "+010000-01-01");
    assert.equal(printTimestamp(-1n), "1969-12-31 23:59:59.999999");
    assert.equal(printTimestamp(1_500_000n), "1970-01-01 00:00:01.500");
    assert.equal(printTimestamp(-86_400_000_000n), "1969-12-31 00:00:00");
    const random = new Random(4);
    for (let left = 1000; left > 0; left--) {
      const micros = BigInt(random.between(-1e15, 1e15));
      assert.equal(parseTimestamp(printTimestamp(micros)), micros);
      assert.equal(parseDate(printDate(micros / 1_000_000_000n)), micros / 1_000_000_000n);
    }
  });
  test("a zone is converted, and what is no date is refused", () => {
    assert.equal(parseTimestamp("1970-01-01T02:00:00+02:00"), 0n);
    assert.equal(parseTimestamp("1970-01-01"), 0n);
    assert.equal(parseDate("2023-02-29"), undefined);
    assert.equal(parseDate("2024-13-01"), undefined);
    assert.equal(parseTimestamp("2024-01-01 24:00:00"), undefined);
  });
});
