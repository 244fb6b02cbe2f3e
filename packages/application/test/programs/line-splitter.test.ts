import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { LineSplitter } from "../../src/programs/line-splitter.js";

const SEED = seedFromEnv(5);
const encode = (text: string) => new TextEncoder().encode(text);

/** In pieces that begin at these positions. */
const split = (bytes: Uint8Array, cuts: readonly number[], bytesMax?: number): string[] => {
  const splitter = new LineSplitter(bytesMax);
  const bounds = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const lines: string[] = [];
  for (let at = 1; at < bounds.length; at++) {
    const piece = bytes.slice(bounds[at - 1]!, bounds[at]!);
    lines.push(...splitter.push(piece));
    piece.fill(0x3f); // the stream uses its buffer again
  }
  return [...lines, ...splitter.end()];
};

testSuite("lines of a program", (test) => {
  test("are the same, whatever the pieces they come in", () => {
    const texts = fc.array(
      fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, " ")),
    );
    fc.assert(
      fc.property(texts, fc.array(fc.nat()), (lines, cuts) => {
        assert.deepEqual(split(encode(lines.map((line) => `${line}\n`).join("")), cuts), lines);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("end at a newline, with or without a return before it; the last may have none", () => {
    assert.deepEqual(split(encode("a\r\n\n b\nlast"), []), ["a", "", " b", "last"]);
    assert.deepEqual(split(encode(""), []), []);
  });

  test("that are too long are cut at a whole character, say so, and do not disturb the next", () => {
    const fits = "水".repeat(30);
    for (const cut of [[], [3], [1, 50, 51, 200], [90, 91, 92]]) {
      const [first, second, ...more] = split(encode(`${fits}${"x".repeat(500)}\nnext\n`), cut, 100);
      assert.match(first!, /^水{18} \.\.\. \(cut by eau2: /);
      assert.ok(encode(first!).length <= 100);
      assert.deepEqual([second, more], ["next", []]);
    }
  });

  test("of bytes that are no text are text with marks in their place", () => {
    assert.deepEqual(split(new Uint8Array([0x61, 0xff, 0x62, 0x0a]), []), ["a\ufffdb"]);
  });
});
