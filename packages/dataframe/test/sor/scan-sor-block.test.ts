import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { createSorKernel } from "../../src/kernels/sor-kernel.js";
import { type SorBlockScan, scanSorBlock } from "../../src/sor/scan-sor-block.js";
import type { SorColumnType } from "../../src/sor/sor-types.js";
import { BAD_ROW_POLICIES, type BadRowPolicy, mergeBadRows } from "../../src/text/bad-rows.js";
import { planBlocks } from "../../src/text/block-plan.js";
import type { ByteSource } from "../../src/text/byte-source.js";
import { linesOf, plainSor } from "./plain-sor.js";
import { columnsAndFile } from "./sor-lines.js";

const seed = seedFromEnv(51);

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Memory as a source; `shortReads` are the most bytes that each read in turn returns, over and over. */
const sourceOf = (bytes: Uint8Array, shortReads: readonly number[] = [], late = false): ByteSource => {
  let reads = 0;
  return {
    bytes: bytes.length,
    read(offset, into) {
      const most = shortReads.length === 0 ? into.length : shortReads[reads++ % shortReads.length]!;
      const part = bytes.subarray(offset, offset + Math.min(into.length, most));
      into.set(part);
      return late ? Promise.resolve(part.length) : part.length;
    },
  };
};

interface ScanAll {
  readonly types: readonly SorColumnType[];
  readonly policy?: BadRowPolicy;
  readonly chunkRows?: number;
  readonly pieceBytes?: number;
}

/** Scans blocks in an order that is not theirs, as shards do; rows of chunks come back by block. */
const scanAll = async (
  source: ByteSource,
  ranges: readonly Range[],
  { types, policy = "discard", chunkRows = 7, pieceBytes }: ScanAll,
) => {
  const kernel = createSorKernel();
  kernel.reset({ types, policy, chunkRows });
  const textColumns = types.flatMap((type, column) => (type === "utf8" ? [column] : []));
  const chunks: number[][] = ranges.map(() => []);
  const scans: SorBlockScan[] = [];
  for (let turn = 0; turn < ranges.length; turn++) {
    const index = turn % 2 === 0 ? ranges.length - 1 - turn / 2 : (turn - 1) / 2;
    const onChunk = (): void => {
      chunks[index]!.push(kernel.rowCount);
      kernel.clearRows();
    };
    const options = pieceBytes === undefined ? {} : { pieceBytes };
    scans[index] = await scanSorBlock(source, ranges[index]!, kernel, textColumns, onChunk, options);
  }
  return { scans, chunks };
};

const rangesOf = (cuts: readonly number[], length: number): Range[] => {
  const ends = [...new Set([0, ...cuts.map((cut) => cut % (length + 1)), length])].sort((a, b) => a - b);
  return ends.slice(1).map((end, index) => ({ start: ends[index]!, end }));
};

/** The lines whose first byte lies in each range. */
const ownedLines = (bytes: Uint8Array, ranges: readonly Range[]): string[][] => {
  const owned: string[][] = ranges.map(() => []);
  let start = 0;
  for (const line of linesOf(bytes)) {
    owned[ranges.findIndex((range) => start >= range.start && start < range.end)]!.push(line);
    start += line.length + 1;
  }
  return owned;
};

testSuite("scanSorBlock", (test) => {
  test("any blocks, pieces and short reads own each line once, and reports merge to line numbers of the file", async () => {
    await fc.assert(
      fc.asyncProperty(
        columnsAndFile(),
        fc.constantFrom(...BAD_ROW_POLICIES),
        fc.array(fc.nat(3000), { maxLength: 12 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }),
        fc.boolean(),
        async ([types, file], policy, cuts, pieceBytes, chunkRows, shortReads, late) => {
          const ranges = rangesOf(cuts, file.length);
          const source = sourceOf(file, shortReads, late);
          const { scans, chunks } = await scanAll(source, ranges, { types, policy, chunkRows, pieceBytes });
          ownedLines(file, ranges).forEach((lines, index) => {
            const { rows, badRows } = plainSor(lines, types, policy);
            const scan = scans[index]!;
            assert.equal(scan.lineCount, lines.length);
            assert.equal(scan.rowCount, rows.length);
            assert.equal(scan.badRowCount, badRows.length);
            assert.equal(
              chunks[index]!.reduce((sum, count) => sum + count, 0),
              rows.length,
            );
            assert.ok(chunks[index]!.every((count, at) => count === chunkRows || at === chunks[index]!.length - 1));
            const strings = types.flatMap((type, column) => {
              if (type !== "utf8") return [];
              const values = rows.map((row) => row[column]).filter((value) => value !== null);
              return [{ rowCount: values.length, distinct: new Set(values).size }];
            });
            assert.deepEqual(
              scan.strings.map(({ rowCount, distinct }) => ({ rowCount, distinct })),
              strings,
            );
          });
          const { badRows, lineCount } = plainSor(linesOf(file), types, policy);
          assert.deepEqual(mergeBadRows(scans.map((scan) => ({ file: 0, ...scan }))), {
            lineCount,
            badRowCount: badRows.length,
            badRows: badRows.slice(0, 10).map((row) => ({ file: 0, ...row })),
          });
        },
      ),
      { seed, numRuns: 700 },
    );
  });

  test("the counts at the middle do not depend on pieces and short reads", async () => {
    await fc.assert(
      fc.asyncProperty(
        columnsAndFile(),
        fc.array(fc.nat(1000), { maxLength: 3 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
        async ([types, file], cuts, pieceBytes, shortReads) => {
          const ranges = rangesOf(cuts, file.length);
          const whole = await scanAll(sourceOf(file), ranges, { types });
          const pieces = await scanAll(sourceOf(file, shortReads), ranges, { types, pieceBytes });
          assert.deepEqual(
            pieces.scans.map(({ strings }) => strings),
            whole.scans.map(({ strings }) => strings),
          );
        },
      ),
      { seed, numRuns: 150 },
    );
  });

  test("every cut of a small file in two and in three keeps all lines, returns and empty lines too", async () => {
    const file = Buffer.from('<1><a>\r\n\r\n\n<0><"b c">x\n<>\n<1><d>');
    const types: SorColumnType[] = ["boolean", "utf8"];
    for (let first = 0; first <= file.length; first++) {
      for (let second = first; second <= file.length; second++) {
        const ranges = rangesOf([first, second], file.length);
        const { scans } = await scanAll(sourceOf(file), ranges, { types });
        assert.deepEqual(
          scans.map((scan) => scan.lineCount),
          ownedLines(file, ranges).map((lines) => lines.length),
          `cut at ${first} and ${second}`,
        );
      }
    }
  });

  test("a giant line is read to its end by its own block alone", async () => {
    const file = Buffer.from(`<1>\n<2>${"x".repeat(300_000)}\n<3>\n`);
    const ranges = planBlocks([file.length], { blockBytes: 10_000 });
    const { scans } = await scanAll(sourceOf(file), ranges, { types: ["int64"], pieceBytes: 4096 });
    assert.equal(scans[0]!.rowCount, 2);
    assert.equal(
      scans.reduce((sum, scan) => sum + scan.rowCount, 0),
      3,
    );
    assert.ok(scans.slice(1, -1).every((scan) => scan.rowCount === 0 && scan.bytesRead === 10_001));
  });

  test("a file that ends early is FILE_CHANGED, by name", async () => {
    const kernel = createSorKernel();
    kernel.reset({ types: ["int64"], policy: "discard", chunkRows: 10 });
    const cut = (bytes: number): ByteSource => ({ ...sourceOf(Buffer.from("<1>\n<2>\n<3")), bytes, name: "cut.sor" });
    const scan = (bytes: number, range: Range) =>
      scanSorBlock(cut(bytes), range, kernel, [], () => {
        kernel.clearRows();
      });
    await assert.rejects(scan(20, { start: 5, end: 20 }), { code: "FILE_CHANGED", message: /cut\.sor/ });
    await assert.rejects(scan(20, { start: 0, end: 9 }), { code: "FILE_CHANGED" });
    await assert.rejects(scan(8, { start: 0, end: 9 }), { code: "FILE_CHANGED" });
    assert.equal((await scan(8, { start: 0, end: 8 })).rowCount, 2);
  });
});
