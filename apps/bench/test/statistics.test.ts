import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { inFlight } from "../src/in-flight.js";
import { median, ratio } from "../src/statistics.js";

testSuite("statistics", (test) => {
  test("the median is the middle value, or the mean of two, whatever their order", () => {
    assert.equal(median([10, 9, 100]), 10);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([]), null);
  });

  test("a ratio to something that was not run is null", () => {
    assert.equal(ratio(1, 3), 0.333);
    assert.equal(ratio(1, null), null);
  });
});

testSuite("inFlight", (test) => {
  test("every index is asked for once, and never more at a time than allowed", async () => {
    const asked: number[] = [];
    let now = 0;
    let most = 0;
    await inFlight(100, 8, async (index) => {
      asked.push(index);
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
    });
    assert.deepEqual(
      asked.sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, index) => index),
    );
    assert.equal(most, 8);
  });
});
