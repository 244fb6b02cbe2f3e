import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { createTextKernel } from "../../src/kernels/text-kernel.js";
import type { SplitMode } from "../../src/kernels/text-kernel-types.js";
import { planBlocks } from "../../src/text/block-plan.js";
import type { ByteSource } from "../../src/text/byte-source.js";
import { type BlockScan, scanBlock } from "../../src/text/scan-block.js";
import { textBytes } from "../kernels/text-bytes.js";
import { plainSplit } from "./plain-split.js";

const seed = seedFromEnv(21);
const MODES: readonly SplitMode[] = ["words", "lines"];

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Memory as a source; `shortReads` are the most bytes that each read in turn returns, over and over. */
const sourceOf = (text: Uint8Array, shortReads: readonly number[] = [], late = false): ByteSource => {
  let reads = 0;
  return {
    bytes: text.length,
    read(offset, into) {
      const most = shortReads.length === 0 ? into.length : shortReads[reads++ % shortReads.length]!;
      const bytes = text.subarray(offset, offset + Math.min(into.length, most));
      into.set(bytes);
      return late ? Promise.resolve(bytes.length) : bytes.length;
    },
  };
};

/** Scans blocks in an order that is not theirs, as shards do; tokens come back by block. */
const scanAll = async (source: ByteSource, ranges: readonly Range[], mode: SplitMode, pieceBytes?: number) => {
  const kernel = createTextKernel();
  const codes: number[][] = ranges.map(() => []);
  const scans: BlockScan[] = [];
  for (let turn = 0; turn < ranges.length; turn++) {
    const index = turn % 2 === 0 ? ranges.length - 1 - turn / 2 : (turn - 1) / 2;
    const options = pieceBytes === undefined ? {} : { pieceBytes };
    scans[index] = await scanBlock(
      source,
      ranges[index]!,
      kernel,
      mode,
      (piece) => void codes[index]!.push(...piece),
      options,
    );
  }
  const offsets = kernel.dictionaryOffsets();
  const bytes = Buffer.from(kernel.dictionaryBytes());
  const tokens = codes.map((block) => block.map((code) => bytes.toString("latin1", offsets[code], offsets[code + 1])));
  return { tokens, scans };
};

const rangesOf = (cuts: readonly number[], length: number): Range[] => {
  const ends = [...new Set([0, ...cuts.map((cut) => cut % (length + 1)), length])].sort((a, b) => a - b);
  return ends.slice(1).map((end, index) => ({ start: ends[index]!, end }));
};

testSuite("scanBlock", (test) => {
  for (const mode of MODES) {
    test(`${mode}: any blocks, pieces and short reads yield the tokens of one plain split`, async () => {
      await fc.assert(
        fc.asyncProperty(
          textBytes,
          fc.array(fc.nat(1000), { maxLength: 20 }),
          fc.integer({ min: 1, max: 100 }),
          fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
          fc.boolean(),
          async (text, cuts, pieceBytes, shortReads, late) => {
            const ranges = rangesOf(cuts, text.length);
            const { tokens, scans } = await scanAll(sourceOf(text, shortReads, late), ranges, mode, pieceBytes);
            assert.deepEqual(tokens.flat(), plainSplit(text, mode));
            scans.forEach((scan, index) => {
              assert.equal(scan.rowCount, tokens[index]!.length);
              assert.equal(scan.distinct, new Set(tokens[index]).size);
            });
          },
        ),
        { seed, numRuns: 700 },
      );
    });

    test(`${mode}: blocks of one byte yield them too, and each token is its first byte's`, async () => {
      await fc.assert(
        fc.asyncProperty(textBytes, async (text) => {
          const ranges = planBlocks([text.length], { blockBytes: 1 });
          const { tokens } = await scanAll(sourceOf(text), ranges, mode);
          assert.deepEqual(tokens.flat(), plainSplit(text, mode));
          assert.ok(tokens.every((block) => block.length <= 1));
        }),
        { seed, numRuns: 60 },
      );
    });

    test(`${mode}: every cut of a small text in two and in three keeps all tokens`, async () => {
      const text = Buffer.from("ab  c\r\n\r\n\nde\rf \tg\n constructor\n\r\nh");
      const whole = plainSplit(text, mode);
      for (let first = 0; first <= text.length; first++) {
        for (let second = first; second <= text.length; second++) {
          const { tokens } = await scanAll(sourceOf(text), rangesOf([first, second], text.length), mode);
          assert.deepEqual(tokens.flat(), whole, `cut at ${first} and ${second}`);
        }
      }
    });

    test(`${mode}: the counts at the middle do not depend on pieces and short reads`, async () => {
      await fc.assert(
        fc.asyncProperty(
          textBytes,
          fc.array(fc.nat(1000), { maxLength: 3 }),
          fc.integer({ min: 1, max: 50 }),
          fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
          async (text, cuts, pieceBytes, shortReads) => {
            const ranges = rangesOf(cuts, text.length);
            const whole = await scanAll(sourceOf(text), ranges, mode);
            const pieces = await scanAll(sourceOf(text, shortReads), ranges, mode, pieceBytes);
            assert.deepEqual(
              pieces.scans.map((scan) => scan.half),
              whole.scans.map((scan) => scan.half),
            );
          },
        ),
        { seed, numRuns: 150 },
      );
    });
  }

  test("half counts the tokens whose end lies in the first half of the bytes", async () => {
    const { scans } = await scanAll(sourceOf(Buffer.from("a b a ccccc d e f ")), [{ start: 0, end: 18 }], "words");
    assert.deepEqual(scans[0]!.half, { rowCount: 3, distinct: 2 });
    assert.deepEqual([scans[0]!.rowCount, scans[0]!.distinct], [7, 6]);
  });

  test("a block owns the word that begins with its last byte, and not the one that began before", async () => {
    const text = Buffer.from("one two three");
    const { tokens } = await scanAll(sourceOf(text), [{ start: 2, end: 9 }], "words");
    assert.deepEqual(tokens, [["two", "three"]]);
  });

  test("an empty line is its new line's, and a line is its first byte's even if that is a return", async () => {
    const text = Buffer.from("a\n\n\r\nb");
    const { tokens } = await scanAll(sourceOf(text), rangesOf([2, 3, 4], text.length), "lines");
    assert.deepEqual(tokens, [["a"], [""], [""], ["b"]]);
  });

  test("a giant word is read to its end by its own block alone", async () => {
    const giantBytes = 300_000;
    const text = new Uint8Array(giantBytes + 6).fill(0x78);
    text.set(Buffer.from("a "), 0);
    text.set(Buffer.from(" b c"), giantBytes + 2);
    const blockBytes = 10_000;
    const ranges = planBlocks([text.length], { blockBytes });
    const { tokens, scans } = await scanAll(sourceOf(text), ranges, "words", 4096);
    assert.deepEqual(
      tokens.flat().map((token) => token.length),
      [1, giantBytes, 1, 1],
    );
    assert.ok(scans.slice(1, -1).every((scan) => scan.rowCount === 0 && scan.bytesRead === blockBytes + 1));
    assert.ok(scans[0]!.bytesRead <= text.length);
  });

  test("a short last token costs a short read past the end, not a piece", async () => {
    const text = new Uint8Array(1_000_000).fill(0x20);
    text.set(Buffer.from("word"), 499_998);
    const { tokens, scans } = await scanAll(sourceOf(text), rangesOf([500_000], text.length), "words");
    assert.deepEqual(tokens, [["word"], []]);
    assert.equal(scans[0]!.bytesRead, 500_000 + 4096);
  });

  test("blocks of an empty file and of no bytes have no tokens", async () => {
    const { tokens } = await scanAll(sourceOf(Buffer.from("ab")), [{ start: 1, end: 1 }], "words");
    assert.deepEqual(tokens, [[]]);
    assert.deepEqual((await scanAll(sourceOf(new Uint8Array(0)), [{ start: 0, end: 0 }], "lines")).tokens, [[]]);
  });

  test("a file that ends early is FILE_CHANGED, in the block, in its last token, and when its block is gone", async () => {
    const kernel = createTextKernel();
    const cut = (bytes: number): ByteSource => ({ ...sourceOf(Buffer.from("one two th")), bytes, name: "cut.txt" });
    const scan = (bytes: number, range: Range) => scanBlock(cut(bytes), range, kernel, "words", () => {});
    await assert.rejects(scan(20, { start: 5, end: 20 }), { code: "FILE_CHANGED", message: /cut\.txt/ });
    await assert.rejects(scan(20, { start: 0, end: 9 }), { code: "FILE_CHANGED" });
    await assert.rejects(scan(8, { start: 0, end: 9 }), { code: "FILE_CHANGED" });
    assert.equal((await scan(10, { start: 0, end: 10 })).rowCount, 3);
  });

  test("the kernel waits while codes are taken out, and what a failed scan left does not reach the next", async () => {
    const kernel = createTextKernel();
    const source = sourceOf(Buffer.from("a b c d e f"));
    await assert.rejects(
      scanBlock(source, { start: 0, end: 11 }, kernel, "words", () => Promise.reject(new Error("full")), {
        pieceBytes: 4,
      }),
      /full/,
    );
    const taken: number[] = [];
    const onCodes = async (codes: Uint32Array): Promise<void> => {
      await Promise.resolve();
      taken.push(...codes);
    };
    await scanBlock(source, { start: 0, end: 11 }, kernel, "words", onCodes, { pieceBytes: 4 });
    assert.deepEqual(taken, [0, 1, 2, 3, 4, 5]);
  });
});
