import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { testSuite } from "@eau2/testing";
import { digestCounts, topCounts, type WordCount } from "../src/word-counts.js";

const counts = (...entries: readonly (readonly [string | Uint8Array, number])[]): WordCount[] =>
  entries.map(([word, count]) => ({ word: Buffer.from(word), count }));
const shown = (all: readonly WordCount[]) => all.map(({ word, count }) => [Buffer.from(word).toString(), count]);

testSuite("word counts", (test) => {
  test("the top is by count, ties as they come in the frame, and the input is left alone", () => {
    const all = counts(["b", 2], ["a", 2], ["z", 9], ["c", 1], ["d", 2]);
    assert.deepEqual(shown(topCounts(all, 3)), [
      ["z", 9],
      ["b", 2],
      ["a", 2],
    ]);
    assert.equal(topCounts(all, 0).length, 0);
    assert.equal(topCounts(all, 99).length, 5);
    assert.deepEqual(shown(all)[0], ["b", 2]);
  });

  test("the digest is of word, tab, count, newline in byte order, whatever the order of the rows", () => {
    // By UTF-16 units the last two would change places.
    const inOrder = counts(["B", 1], ["a", 10], ["ab", 2], ["\uffee", 3], ["\u{1f98a}", 4], [Uint8Array.of(0xff), 5]);
    const hash = createHash("sha256");
    for (const { word, count } of inOrder) hash.update(word).update(`\t${count}\n`);
    const expected = hash.digest("hex");
    assert.equal(digestCounts(inOrder), expected);
    assert.equal(digestCounts([...inOrder].reverse()), expected);
    assert.notEqual(digestCounts(inOrder.slice(1)), expected);
    assert.equal(digestCounts([]), createHash("sha256").digest("hex"));
  });
});
