import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { type BlockDistinctCount, blockGivesUp, frameGivesUp } from "../../src/text/dictionary-rule.js";

/** `blockCount` equal blocks of `rowCount` rows, of which `distinctOf(rows)` are distinct. */
const blocksOf = (blockCount: number, rowCount: number, distinctOf: (rows: number) => number): BlockDistinctCount[] =>
  Array.from({ length: blockCount }, () => ({
    rowCount,
    distinct: distinctOf(rowCount),
    half: { rowCount: rowCount / 2, distinct: distinctOf(rowCount / 2) },
  }));
/** Distinct values expected among draws from `size` equally likely ones. */
const drawsFrom = (size: number) => (rows: number) => Math.round(size * (1 - Math.exp(-rows / size)));
const unique = (rows: number): number => rows;

testSuite("dictionary rule", (test) => {
  test("a block gives up above 65,536 rows and a share of one half, not at them", () => {
    assert.equal(blockGivesUp({ rowCount: 65_536, distinct: 65_536 }), false);
    assert.equal(blockGivesUp({ rowCount: 65_537, distinct: 65_537 }), true);
    assert.equal(blockGivesUp({ rowCount: 100_000, distinct: 50_000 }), false);
    assert.equal(blockGivesUp({ rowCount: 100_000, distinct: 50_001 }), true);
    assert.equal(blockGivesUp({ rowCount: 0, distinct: 0 }), false);
  });

  test("a frame of one block decides as its block does", () => {
    for (const rowCount of [10, 65_536, 65_537, 200_000]) {
      for (const distinct of [1, rowCount / 2, rowCount / 2 + 1, rowCount]) {
        assert.equal(frameGivesUp([{ rowCount, distinct }]), blockGivesUp({ rowCount, distinct }));
      }
    }
  });

  test("a unique column is plain however small its blocks are, once the frame is large", () => {
    assert.equal(frameGivesUp(blocksOf(64, 1000, unique)), false);
    assert.equal(frameGivesUp(blocksOf(64, 1100, unique)), true);
    assert.equal(frameGivesUp(blocksOf(64, 156_250, unique)), true);
    assert.equal(frameGivesUp(blocksOf(64, 156_250, (rows) => 0.55 * rows)), true);
  });

  test("100,000 ids over 10 million rows keep their dictionary although each block alone would give it up", () => {
    const blocks = blocksOf(64, 156_250, drawsFrom(100_000));
    assert.equal(blockGivesUp(blocks[0]!), true);
    assert.equal(frameGivesUp(blocks), false);
  });

  test("without halves every block counts as new", () => {
    assert.equal(frameGivesUp(Array(64).fill({ rowCount: 20_000, distinct: 10_001 })), true);
    assert.equal(frameGivesUp(Array(64).fill({ rowCount: 20_000, distinct: 10_000 })), false);
  });

  test("blocks without rows change nothing", () => {
    const blocks = blocksOf(3, 100_000, drawsFrom(150_000));
    const empty = { rowCount: 0, distinct: 0, half: { rowCount: 0, distinct: 0 } };
    assert.equal(frameGivesUp(blocks), frameGivesUp([empty, ...blocks, ...Array(100).fill(empty)]));
    assert.equal(frameGivesUp([]), false);
    assert.equal(frameGivesUp([empty]), false);
  });
});
