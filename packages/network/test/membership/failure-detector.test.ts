import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import {
  CLIENT_GONE_AFTER_MS,
  GONE_AFTER_MS,
  HEARTBEAT_MS,
  judgePeer,
  lostTime,
  SUSPECT_AFTER_MS,
} from "../../src/membership/failure-detector.js";

const NOW = 100_000;

testSuite("failure detector", (test) => {
  test("judges by silence: up, suspect after 5 s, gone after 15 s", () => {
    const table: readonly (readonly [number, "up" | "suspect" | "gone"])[] = [
      [0, "up"],
      [SUSPECT_AFTER_MS - 1, "up"],
      [SUSPECT_AFTER_MS, "suspect"],
      [GONE_AFTER_MS - 1, "suspect"],
      [GONE_AFTER_MS, "gone"],
      [10 * GONE_AFTER_MS, "gone"],
    ];
    for (const [silentMs, state] of table) {
      const heard = NOW - silentMs;
      const signs = { lastHeardMs: heard, downSinceMs: NOW, dialable: true };
      assert.equal(judgePeer({ ...signs, up: true }, NOW), state, `${silentMs} ms`);
      assert.equal(judgePeer({ ...signs, up: false }, NOW), state, `${silentMs} ms, links down`);
    }
  });

  test("links that are down count from when they went down at the latest", () => {
    const signs = { up: false, lastHeardMs: NOW, downSinceMs: NOW - 6000, dialable: true };
    assert.equal(judgePeer(signs, NOW), "suspect");
  });

  test("a client has 5 s to come back, and is judged by silence while its links are there", () => {
    const signs = { lastHeardMs: NOW - 100, dialable: false };
    const down = { ...signs, up: false };
    assert.equal(judgePeer({ ...down, downSinceMs: NOW - CLIENT_GONE_AFTER_MS + 1 }, NOW), "up");
    assert.equal(judgePeer({ ...down, downSinceMs: NOW - CLIENT_GONE_AFTER_MS }, NOW), "gone");
    assert.equal(judgePeer({ ...signs, up: true, downSinceMs: 0 }, NOW), "up");
    assert.equal(judgePeer({ ...signs, up: true, lastHeardMs: NOW - GONE_AFTER_MS, downSinceMs: 0 }, NOW), "gone");
  });

  test("time is lost when a tick comes more than a heartbeat late", () => {
    const table: readonly (readonly [number, number])[] = [
      [HEARTBEAT_MS, 0],
      [0, 0],
      [HEARTBEAT_MS + 500, 0],
      [2 * HEARTBEAT_MS, 0],
      [2 * HEARTBEAT_MS + 1, HEARTBEAT_MS + 1],
      [60_000, 59_000],
    ];
    for (const [passedMs, lostMs] of table) assert.equal(lostTime(NOW, NOW + passedMs), lostMs, `${passedMs} ms`);
  });
});
