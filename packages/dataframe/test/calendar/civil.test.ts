import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { civilOfDays, dayOfCivil, daysOfCivil, monthOfCivil, yearOfCivil } from "../../src/calendar/civil.js";

const DAY_MS = 86_400_000;
const DATE_DAYS_MAX = 100_000_000;
const INT32_MAX = 2 ** 31 - 1;

const OPTIONS = { seed: seedFromEnv(31), numRuns: 2_000 };

const partsOf = (days: number): number[] => {
  const civil = civilOfDays(days);
  return [yearOfCivil(civil), monthOfCivil(civil), dayOfCivil(civil)];
};

const partsOfDate = (days: number): number[] => {
  const date = new Date(days * DAY_MS);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
};

const daysIn = (year: number, month: number): number => {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
};

testSuite("civil dates", (test) => {
  test("every day of 1,200 years, year 0 among them, is the day after the one before it, and as Date has it", () => {
    let [year, month, day] = [-400, 1, 1];
    const first = daysOfCivil(year, month, day);
    assert.deepEqual(partsOfDate(first), [year, month, day]);
    for (let days = first; year < 800; days++) {
      const civil = civilOfDays(days);
      if (yearOfCivil(civil) !== year || monthOfCivil(civil) !== month || dayOfCivil(civil) !== day) {
        assert.deepEqual(partsOf(days), [year, month, day]);
      }
      if (daysOfCivil(year, month, day) !== days) assert.equal(daysOfCivil(year, month, day), days);
      if (++day > daysIn(year, month)) {
        day = 1;
        if (++month > 12) [year, month] = [year + 1, 1];
      }
    }
    assert.deepEqual(partsOf(daysOfCivil(800, 1, 1)), [800, 1, 1]);
  });

  test("over the whole range of Date, its first and last day too, they are what Date says", () => {
    const days = fc.integer({ min: -DATE_DAYS_MAX, max: DATE_DAYS_MAX });
    fc.assert(
      fc.property(days, (value) => assert.deepEqual(partsOf(value), partsOfDate(value))),
      OPTIONS,
    );
    for (const value of [-DATE_DAYS_MAX, DATE_DAYS_MAX, -1, 0, 1, -719_528, -719_529, 2_932_896, 2_932_897]) {
      assert.deepEqual(partsOf(value), partsOfDate(value));
    }
    // Steps that share no factor with the length of an era: all its days are met.
    for (let value = -DATE_DAYS_MAX; value <= DATE_DAYS_MAX; value += 1_367) {
      const [year, month, day] = partsOfDate(value);
      if (civilOfDays(value) !== year! * 512 + month! * 32 + day!) {
        assert.deepEqual(partsOf(value), partsOfDate(value));
      }
    }
  });

  test("every day of an int32 comes back, and civil dates ascend as days do", () => {
    const days = fc.integer({ min: -(2 ** 31), max: INT32_MAX - 1 });
    fc.assert(
      fc.property(days, (value) => {
        const [year, month, day] = partsOf(value);
        assert.equal(daysOfCivil(year!, month!, day!), value);
        assert.equal(month! >= 1 && month! <= 12 && day! >= 1 && day! <= daysIn(year!, month!), true);
        assert.equal(civilOfDays(value) < civilOfDays(value + 1), true);
      }),
      OPTIONS,
    );
    assert.deepEqual(partsOf(INT32_MAX), [5_881_580, 7, 11]);
    assert.deepEqual(partsOf(-(2 ** 31)), [-5_877_641, 6, 23]);
  });
});
