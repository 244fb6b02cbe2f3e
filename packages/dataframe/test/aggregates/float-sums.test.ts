/** Sums of floats: exact additions, so that order, splitting and merging make no difference; and close to the true sum. */
import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import fc from "fast-check";
import { type FloatGrid, floatGrid, pairOfBins, roundingConstant } from "../../src/aggregates/float-grid.js";
import {
  addSliding,
  carrySliding,
  mergeSliding,
  pairOfSliding,
  SLIDING_SLOTS,
} from "../../src/aggregates/sliding-bins.js";
import { exactSum, shuffled } from "./exact-sum.js";

const SEED = 20_261_124;

/** Values of up to so many binary orders of size. */
const values = (exponents: number) =>
  fc.array(
    fc
      .tuple(
        fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: exponents }),
        fc.boolean(),
      )
      .map(([mantissa, exponent, isNegative]) => mantissa * 2 ** exponent * (isNegative ? -1 : 1)),
    { minLength: 1, maxLength: 200 },
  );

const addToBins = (bins: Float64Array, { quanta, scaleBits }: FloatGrid, value: number): void => {
  let rest = value * 2 ** scaleBits;
  quanta.forEach((quantum, bin) => {
    const rounding = roundingConstant(quantum);
    const slice = rest + rounding - rounding;
    bins[bin]! += slice;
    rest -= slice;
  });
};

const gridOf = (numbers: readonly number[]): FloatGrid | undefined => {
  const sizes = numbers.map(Math.abs).filter((size) => size > 0);
  return floatGrid(numbers.length, Math.max(0, ...sizes), Math.min(...sizes, 1e308));
};

const binSum = (numbers: readonly number[], grid: FloatGrid, splitAt: number): number => {
  const [left, right] = [new Float64Array(grid.quanta.length), new Float64Array(grid.quanta.length)];
  numbers.forEach((value, index) => {
    addToBins(index < splitAt ? left : right, grid, value);
  });
  pairOfBins(right, 0, grid);
  right.forEach((slot, bin) => {
    left[bin]! += slot;
  });
  return pairOfBins(left, 0, grid).high;
};

const slidingSum = (numbers: readonly number[], splitAt: number): number => {
  const [left, right] = [new Float64Array(SLIDING_SLOTS), new Float64Array(SLIDING_SLOTS)];
  numbers.forEach((value, index) => {
    addSliding(index < splitAt ? left : right, 0, value);
  });
  carrySliding(left, 0);
  carrySliding(right, 0);
  mergeSliding(left, 0, right, 0);
  return pairOfSliding(left, 0).high;
};

const assertClose = (sum: number, numbers: readonly number[]): void => {
  const exact = exactSum(numbers);
  const size = numbers.reduce((total, value) => total + Math.abs(value), 0);
  assert.ok(Math.abs(sum - exact) <= 1e-15 * size, `${sum} for ${exact}, of size ${size}`);
};

testSuite("sums of floats", (test) => {
  test("bins give the same bits for every order and split, within 1e-15 of the magnitudes", () => {
    fc.assert(
      fc.property(values(30), fc.nat(), fc.nat(), (numbers, seed, cut) => {
        const grid = gridOf(numbers);
        assert.ok(grid !== undefined, "30 orders of size fit a grid");
        const sum = binSum(numbers, grid, numbers.length);
        assert.ok(Object.is(binSum(shuffled(numbers, seed), grid, cut % (numbers.length + 1)), sum));
        assertClose(sum, numbers);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("sliding bins do so whatever the sizes are", () => {
    fc.assert(
      fc.property(values(1020), fc.nat(), fc.nat(), (numbers, seed, cut) => {
        const sum = slidingSum(numbers, numbers.length);
        assert.ok(Object.is(slidingSum(shuffled(numbers, seed), cut % (numbers.length + 1)), sum));
        assertClose(sum, numbers);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("grids and sliding bins agree where both keep everything", () => {
    fc.assert(
      fc.property(values(8), (numbers) => {
        assert.equal(slidingSum(numbers, 0), binSum(numbers, gridOf(numbers)!, 0));
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("what cancels leaves what was small", () => {
    const numbers = [1e16, 1, -1e16, 0.1, -0.1, 1e-3];
    assert.equal(binSum(numbers, gridOf(numbers)!, 3), 1.001);
    assert.equal(slidingSum([1e9, 1, -1e9, 0.1, -0.1, 1e-3], 2), 1.001);
  });

  test("values that differ too much in size have no grid", () => {
    assert.equal(floatGrid(10, 1e300, 1e-300), undefined);
    assert.equal(slidingSum([1e300, 1e-300, -1e300], 1), 0);
  });

  test("huge values are scaled, and their sum may be infinite", () => {
    const numbers = [1.7e308, 1.7e308];
    const grid = gridOf(numbers)!;
    assert.ok(grid.scaleBits < 0);
    assert.equal(binSum(numbers, grid, 1), Number.POSITIVE_INFINITY);
    assert.equal(binSum([1.7e308, -1.7e308, 1e300], gridOf([1.7e308, -1.7e308, 1e300])!, 1), 1e300);
    assert.equal(slidingSum([1.7e308, -1.7e308, 1e300], 1), 1e300);
  });

  test("the smallest values there are add up", () => {
    const numbers = [5e-324, 5e-324, -5e-324, 1e-320];
    assert.equal(binSum(numbers, gridOf(numbers)!, 2), 1e-320 + 5e-324);
    assert.equal(slidingSum(numbers, 2), 1e-320 + 5e-324);
  });

  test("no values and zeros give 0, not -0", () => {
    assert.ok(Object.is(binSum([-0, -0], floatGrid(2, 0, 0)!, 1), 0));
    assert.ok(Object.is(slidingSum([-0, -0], 1), 0));
  });
});
