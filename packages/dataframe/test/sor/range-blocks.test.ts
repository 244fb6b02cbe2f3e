import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { createSorKernel } from "../../src/kernels/sor-kernel.js";
import { planRangeBlocks, rangeOf, wholeLinesEnd } from "../../src/sor/range-blocks.js";
import { scanSorBlock } from "../../src/sor/scan-sor-block.js";
import type { ByteSource } from "../../src/text/byte-source.js";

const seed = seedFromEnv(52);

const sourceOf = (bytes: Uint8Array, readBytes = Number.POSITIVE_INFINITY): ByteSource => ({
  bytes: bytes.length,
  read: (offset, into) => {
    const part = bytes.subarray(offset, offset + Math.min(into.length, readBytes));
    into.set(part);
    return part.length;
  },
});

/** Rows of one int64 column of the blocks of a range. */
const readRange = async (bytes: Uint8Array, from: number, length: number | undefined, blockBytes: number) => {
  const range = length === undefined ? { from } : { from, length };
  const linesEnd = await wholeLinesEnd(sourceOf(bytes, 3), range);
  const kernel = createSorKernel();
  kernel.reset({ types: ["int64"], policy: "null", chunkRows: 100 });
  const rows: bigint[] = [];
  for (const block of planRangeBlocks(bytes.length, range, linesEnd, { blockBytes })) {
    await scanSorBlock(sourceOf(bytes), block, kernel, [], () => {
      const [column] = kernel.takeRows();
      if (column?.type === "int64") rows.push(...column.values);
      kernel.clearRows();
    });
  }
  return rows;
};

/** Numbers of the lines that lie in [from, end) with all their bytes. */
const wholeLines = (lines: readonly string[], isEndCut: boolean, from: number, end: number): bigint[] => {
  const found: bigint[] = [];
  let start = 0;
  for (const [index, line] of lines.entries()) {
    const lineEnd = start + line.length + (isEndCut && index === lines.length - 1 ? 0 : 1);
    if (start >= from && lineEnd <= end) found.push(BigInt(/\d+/.exec(line)![0]));
    start = lineEnd;
  }
  return found;
};

testSuite("ranges of a file", (test) => {
  test("a range has just the lines that lie in it as a whole, whatever the blocks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { maxLength: 12 }),
        fc.boolean(),
        fc.nat(300),
        fc.option(fc.nat(300), { nil: undefined }),
        fc.integer({ min: 1, max: 60 }),
        async (paddings, isEndCut, from, length, blockBytes) => {
          const lines = paddings.map((padding, index) => `<${index + 1}>${" ".repeat(padding)}`);
          const bytes = Buffer.from(lines.join("\n") + (isEndCut || lines.length === 0 ? "" : "\n"));
          const end = Math.min(bytes.length, from + (length ?? bytes.length));
          assert.deepEqual(
            await readRange(bytes, from, length, blockBytes),
            wholeLines(lines, isEndCut, Math.min(from, bytes.length), end),
          );
        },
      ),
      { seed, numRuns: 1000 },
    );
  });

  test("ranges side by side lose only the lines between them", async () => {
    const bytes = Buffer.from("<1>\n<2>\n<3>\n<4>\n");
    assert.deepEqual(await readRange(bytes, 0, 6, 100), [1n]);
    assert.deepEqual(await readRange(bytes, 6, 10, 100), [3n, 4n]);
    assert.deepEqual(await readRange(bytes, 0, 8, 100), [1n, 2n]);
    assert.deepEqual(await readRange(bytes, 8, 8, 100), [3n, 4n]);
    assert.deepEqual(await readRange(bytes, 5, 1, 100), []);
  });

  test("the last line is looked for as far back as the range goes", async () => {
    const bytes = Buffer.from(`<1>\n<2>${"x".repeat(300_000)}\n`);
    assert.equal(await wholeLinesEnd(sourceOf(bytes), { from: 0, length: 200_000 }), 4);
    assert.equal(await wholeLinesEnd(sourceOf(bytes), { from: 10, length: 200_000 }), 10);
    assert.equal(await wholeLinesEnd(sourceOf(bytes), { from: 10 }), bytes.length);
  });

  test("a range behind the end is empty, and one that is none is USAGE", async () => {
    assert.deepEqual(rangeOf(10, { from: 20, length: 5 }), { start: 10, end: 10 });
    assert.deepEqual(planRangeBlocks(10, { from: 20 }, 10), []);
    for (const range of [{ from: -1 }, { from: 0.5 }, { length: -1 }, { length: Number.NaN }]) {
      assert.throws(() => rangeOf(10, range), { code: "USAGE" });
    }
    await assert.rejects(wholeLinesEnd({ bytes: 100, read: () => 0 }, { length: 50 }), { code: "FILE_CHANGED" });
  });
});
