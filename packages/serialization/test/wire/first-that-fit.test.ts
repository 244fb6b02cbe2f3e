import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { firstThatFit } from "../../src/wire/first-that-fit.js";

testSuite("firstThatFit", (test) => {
  const itself = (bytes: number) => bytes;

  test("keeps the longest beginning that fits, to the byte", () => {
    assert.deepEqual(firstThatFit([4, 3, 3, 1], 10, itself), [4, 3, 3]);
    assert.deepEqual(firstThatFit([4, 3, 3, 1], 9, itself), [4, 3]);
    assert.deepEqual(firstThatFit([4, 3, 3, 1], 11, itself), [4, 3, 3, 1]);
  });

  test("skips none to make room for a later one", () => {
    assert.deepEqual(firstThatFit([4, 9, 1], 6, itself), [4]);
  });

  test("keeps nothing where there is no room", () => {
    assert.deepEqual(firstThatFit([1], 0, itself), []);
    assert.deepEqual(firstThatFit([1], -5, itself), []);
    assert.deepEqual(firstThatFit([], 5, itself), []);
  });
});
