import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { printDate, printTimestamp } from "../../src/print/print-date.js";

const DAY_MS = 86_400_000;
const DATE_MS_MAX = 8_640_000_000_000_000;
const OPTIONS = { seed: seedFromEnv(32), numRuns: 1_000 };

/** As `Date` prints it, with all three digits. */
const isoOf = (ms: number): string => new Date(ms).toISOString().slice(0, -1);

testSuite("printed dates", (test) => {
  test("days and whole milliseconds are printed as Date does, over its whole range", () => {
    fc.assert(
      fc.property(fc.integer({ min: -DATE_MS_MAX, max: DATE_MS_MAX }), (ms) => {
        const iso = isoOf(ms);
        assert.equal(printTimestamp(BigInt(ms) * 1_000n, "T"), iso.replace(/\.000$/, ""));
        assert.equal(printDate(Math.floor(ms / DAY_MS)), iso.slice(0, iso.indexOf("T")));
      }),
      OPTIONS,
    );
  });

  test("a fraction has no, three or six digits, before 1970 too", () => {
    for (const [micros, text] of [
      [0n, "1970-01-01 00:00:00"],
      [-1n, "1969-12-31 23:59:59.999999"],
      [-1_000n, "1969-12-31 23:59:59.999"],
      [-1_000_000n, "1969-12-31 23:59:59"],
      [1n, "1970-01-01 00:00:00.000001"],
      [10_000n, "1970-01-01 00:00:00.010"],
      [1_709_212_455_123_456n, "2024-02-29 13:14:15.123456"],
      [2n ** 63n - 1n, "+294247-01-10 04:00:54.775807"],
      [-(2n ** 63n), "-290308-12-21 19:59:05.224192"],
    ] as const) {
      assert.equal(printTimestamp(micros), text);
    }
  });

  test("years before 0 and after 9999 have a sign and six digits or more", () => {
    for (const [days, text] of [
      [-719_528, "0000-01-01"],
      [-719_529, "-000001-12-31"],
      [2_932_896, "9999-12-31"],
      [2_932_897, "+010000-01-01"],
      [2 ** 31 - 1, "+5881580-07-11"],
      [-(2 ** 31), "-5877641-06-23"],
    ] as const) {
      assert.equal(printDate(days), text);
    }
  });
});
