import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { testSuite } from "@eau2/testing";
import { ZipfText } from "../src/zipf-text.js";

const textOf = (seed: number, bytes: number, blockBytes = bytes): Uint8Array => {
  const text = new ZipfText(seed);
  const all = new Uint8Array(bytes);
  let at = 0;
  for (let filled = -1; filled !== 0; at += filled) filled = text.fill(all.subarray(at, at + blockBytes));
  return all.subarray(0, at);
};

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

testSuite("ZipfText", (test) => {
  test("a seed and a size give the same bytes on every machine", () => {
    assert.equal(digestOf(textOf(1, 1_000_000)), "673026801ecd5e1899fa9055046a956d2a71d63b5468a4d97769aee9f96dc355");
    assert.equal(digestOf(textOf(2, 100_000)), "fe43a4659cdadcf56ef4ea4f0df52d3a08f276d484fed75da872efc96f190e10");
  });

  test("the text does not depend on how it is cut into blocks", () => {
    const whole = textOf(3, 200_000);
    const inBlocks = textOf(3, 200_000, 4_096);
    assert.deepEqual(inBlocks.subarray(0, 190_000), whole.subarray(0, 190_000));
  });

  test("one space or newline follows every word of a to z, and lines have 5 to 30 words", () => {
    const text = Buffer.from(textOf(4, 500_000)).toString("latin1");
    assert.match(text, /^([a-z]+[ \n])+$/);
    const lines = text.slice(0, text.lastIndexOf("\n")).split("\n");
    const lengths = new Set(lines.map((line) => line.split(" ").length));
    assert.deepEqual(
      [...lengths].sort((a, b) => a - b),
      Array.from({ length: 26 }, (_, index) => index + 5),
    );
  });

  test("the word of rank r comes with a frequency near 1 / r", () => {
    const counts = new Map<string, number>();
    for (const word of Buffer.from(textOf(5, 5_000_000)).toString("latin1").split(/[ \n]/)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const sorted = [...counts.values()].sort((a, b) => b - a);
    for (const rank of [2, 10, 100, 1_000]) {
      const expected = sorted[0]! / rank;
      assert.ok(Math.abs(sorted[rank - 1]! - expected) < expected * 0.2, `rank ${rank}: ${sorted[rank - 1]}`);
    }
  });
});
