import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { nearest, nearestOfScaled, scaled } from "../src/exact.js";
import { Random } from "../src/random/random.js";

/** Any bits: subnormal, huge, everything between; not NaN and not infinite. */
const randomDouble = (random: Random): number => {
  const view = new DataView(new ArrayBuffer(8));
  do {
    view.setUint32(0, random.below(2 ** 32));
    view.setUint32(4, random.below(2 ** 32));
  } while (!Number.isFinite(view.getFloat64(0)));
  return view.getFloat64(0);
};

/** Near each other, so that sums and quotients round. */
const randomNear = (random: Random): number => (random.fraction() - 0.5) * 2 ** random.between(-60, 60);

const PAIRS = 20_000;

testSuite("exact floats", (test) => {
  const random = new Random(7);
  test("every double comes back from its integer", () => {
    for (let left = PAIRS; left > 0; left--) {
      const value = randomDouble(random);
      assert.equal(nearestOfScaled(scaled(value)), value);
    }
  });
  test("sums, products and quotients of two are those of IEEE 754, which round once too", () => {
    for (let left = PAIRS; left > 0; left--) {
      const [a, b] = random.chance(0.5)
        ? [randomNear(random), randomNear(random)]
        : [randomDouble(random), randomDouble(random)];
      assert.equal(nearestOfScaled(scaled(a) + scaled(b)), a + b, `${a} + ${b}`);
      assert.equal(nearestOfScaled(scaled(a) * scaled(b), 1n, 2n) + 0, a * b + 0, `${a} * ${b}`);
      if (b !== 0) assert.equal(nearest(scaled(a), scaled(b)) + 0, a / b + 0, `${a} / ${b}`);
    }
  });
  test("ties go to even, and what is too large is infinite", () => {
    assert.equal(nearest(2n ** 53n + 1n, 1n), 2 ** 53);
    assert.equal(nearest(2n ** 53n + 3n, 1n), 2 ** 53 + 4);
    assert.equal(nearest(-(2n ** 1100n), 1n), Number.NEGATIVE_INFINITY);
    assert.equal(nearest(1n, 2n ** 1074n), 5e-324);
    assert.equal(nearest(1n, 2n ** 1075n), 0);
  });
});
