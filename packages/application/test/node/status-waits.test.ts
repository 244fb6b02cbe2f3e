import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { CONTROL_BYTES_MAX, STATUS_WAITS_MAX, type WaitRecord } from "@eau2/protocol";
import { encodeControl } from "@eau2/serialization";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { statusWaits } from "../../src/node/status-waits.js";
import { testCluster } from "../kit/test-cluster.js";

/** 1,020 bytes and a number. */
const longName = (index: number): string => `${"水".repeat(340)}${index}`;

const wait = (index: number, sinceMs: number, key = longName(index)): WaitRecord => ({
  key,
  home: 0 as never,
  waiter: "w".repeat(128),
  sinceMs,
});

testSuite("waits of a status", (test) => {
  test("are cut to what is left of a control part, and little of it stays unused; the longest are kept, in order", () => {
    for (const restBytes of [0, 100, 100_000, 250_000]) {
      const rest = { nodes: "x".repeat(restBytes) };
      // In no order: 7 and 600 have no common factor.
      const waits = Array.from({ length: 600 }, (_, index) => wait(index, (index * 7) % 600));
      const kept = statusWaits(waits, rest);
      assert.deepEqual(
        kept.map(({ sinceMs }) => sinceMs),
        Array.from(kept, (_, index) => 599 - index),
      );
      const bytes = encodeControl({ cluster: { ...rest, waits: kept } }).length;
      assert.ok(bytes <= CONTROL_BYTES_MAX, `${bytes}`);
      assert.ok(bytes > CONTROL_BYTES_MAX - 1_300, `${bytes}`);
    }
  });

  test("are at most 500, all of them when they are short, and none when there is no room", () => {
    const short = Array.from({ length: 600 }, (_, index) => wait(index, index, "k"));
    assert.equal(statusWaits(short, {}).length, STATUS_WAITS_MAX);
    assert.equal(statusWaits(short.slice(0, 3), {}).length, 3);
    assert.deepEqual(statusWaits(short, "x".repeat(CONTROL_BYTES_MAX)), []);
  });

  test("with 600 of long names on each of two nodes, a status is answered", async () => {
    using folder = temporaryFolder();
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]] });
    const { eau2, nodes } = cluster;
    const controller = new AbortController();
    const { signal } = controller;
    setMaxListeners(0, signal);
    const waiting: Promise<string>[] = [];
    for (const home of [0, 1]) {
      for (let index = 0; index < 600; index++) {
        const asked = eau2.store.waitAndGet(await eau2.store.key(longName(index), home), { signal });
        waiting.push(asked.then(String, (error: { code: string }) => error.code));
      }
    }
    while (nodes.some(({ store }) => store.waits.count !== 600)) await new Promise((resolve) => setImmediate(resolve));
    const { nodes: answered, waits } = await eau2.status();
    assert.ok(answered.every(({ bytes }) => bytes >= 0));
    assert.ok(waits.length > 200 && waits.length < STATUS_WAITS_MAX, `${waits.length} waits`);
    const ages = waits.map(({ sinceMs }) => sinceMs);
    assert.deepEqual(
      ages,
      ages.toSorted((a, b) => b - a),
    );
    controller.abort();
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set(["CANCELLED"]));
  });
});
