import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import {
  type AnswerDigest,
  type AnswerShape,
  type Batch,
  type Cell,
  type CompareOptions,
  differenceOf,
  digestAnswer,
  rowsOfBucket,
} from "../../src/query/answer-digest.js";

type Row = readonly Cell[];

const batchesOf = (rows: readonly Row[], batchRows = rows.length): Batch[] => {
  const batches: Batch[] = [];
  for (let start = 0; start < rows.length; start += batchRows) {
    const part = rows.slice(start, start + batchRows);
    batches.push({ rowCount: part.length, columns: rows[0]!.map((_, column) => part.map((row) => row[column]!)) });
  }
  return batches;
};

const SHAPE: AnswerShape = { keyCount: 2 };
const digest = (rows: readonly Row[], shape = SHAPE, batchRows?: number): Promise<AnswerDigest> =>
  digestAnswer(shape, batchesOf(rows, batchRows));

const differ = async (
  a: readonly Row[],
  b: readonly Row[],
  shape = SHAPE,
  options?: CompareOptions,
): Promise<string | undefined> => differenceOf(await digest(a, shape), await digest(b, shape), options)?.text;

/** Key of a text and a number, a sum, a mean. */
const ROWS: readonly Row[] = Array.from({ length: 5_000 }, (_, row) => [
  row % 50 === 0 ? null : `id${row % 71}`,
  row,
  row * 3 + 1,
  Math.sqrt(row + 1) * 1e3,
]);

const changed = (row: number, column: number, cell: Cell): Row[] =>
  ROWS.map((cells, at) => (at === row ? cells.with(column, cell) : cells));

testSuite("answer digest", (test) => {
  test("rows in another order, other batches, and integers of another width are the same answer", async () => {
    const other = ROWS.toReversed().map(([text, key, sum, mean]) => [text, BigInt(key!), BigInt(sum!), mean] as Row);
    assert.equal(differenceOf(await digest(ROWS), await digest(other, SHAPE, 333)), undefined);
  });

  test("a value may differ in the tenth digit, but not in the eighth", async () => {
    const value = ROWS[4_321]![3] as number;
    assert.equal(await differ(ROWS, changed(4_321, 3, value * (1 + 1e-10))), undefined);
    assert.equal(await differ(ROWS, changed(4_321, 3, value * (1 + 1e-7))), "value 1 differs");
  });

  test("any other key, text, number or null, is a difference", async () => {
    for (const rows of [changed(7, 0, "id8"), changed(7, 0, null), changed(7, 0, ""), changed(7, 1, 7.5)]) {
      assert.equal(await differ(ROWS, rows), "different keys");
    }
    assert.equal(await differ(changed(7, 0, ""), changed(7, 0, null)), "different keys");
    assert.equal(await differ(changed(7, 1, 0), changed(7, 1, -0)), undefined);
    assert.equal(await differ(ROWS, ROWS.slice(1)), "5000 rows against 4999");
    assert.equal(await differ(ROWS, ROWS.with(3, ROWS[4]!)), "different keys");
  });

  test("two rows that share a bucket cannot swap their values", async () => {
    const many: Row[] = Array.from({ length: 200_000 }, (_, row) => ["", row, row]);
    const pair = await rowsOfBucket(SHAPE, batchesOf(many), 0, 2);
    assert.equal(pair.length, 2);
    const swapped = [pair[0]!.with(2, pair[1]![2]!), pair[1]!.with(2, pair[0]![2]!)];
    assert.equal(await differ(pair, swapped), "value 0 differs");
  });

  test("null, not-a-number and infinity are values of their own", async () => {
    const rows = (cell: Cell) => changed(10, 3, cell);
    assert.equal(await differ(rows(null), rows(0)), "different nulls in value 1");
    assert.equal(await differ(rows(null), rows(Number.NaN)), "different nulls in value 1");
    assert.equal(await differ(rows(0), rows(Number.NaN)), "different NaN or infinities in value 1");
    assert.equal(await differ(rows(Infinity), rows(-Infinity)), "different NaN or infinities in value 1");
    assert.equal(await differ(rows(Number.NaN), rows(Number.NaN)), undefined);
  });

  test("null is 0 only for the values that say so", async () => {
    const [none, zero] = [changed(10, 3, null), changed(10, 3, 0)];
    assert.equal(await differ(none, zero, SHAPE, { nullIsZero: [1] }), undefined);
    assert.equal(await differ(none, zero, SHAPE, { nullIsZero: [0] }), "different nulls in value 1");
    assert.equal(await differ(none, changed(10, 3, 5), SHAPE, { nullIsZero: [1] }), "value 1 differs");
  });

  test("rounding errors near 0 are no difference", async () => {
    assert.equal(await differ(changed(10, 3, 0), changed(10, 3, 1e-15)), undefined);
    assert.equal(await differ(changed(10, 3, 0), changed(10, 3, 1e-9)), "value 1 differs");
  });

  test("rows that should be sorted must be, across batches, with nulls at the end", async () => {
    const sorted: Row[] = [["a"], ["b"], ["b"], ["c"], [null], [null]];
    const shape: AnswerShape = { keyCount: 1, sortedBy: 0 };
    const brokenAt = async (rows: readonly Row[]) => (await digest(rows, shape, 2)).orderBrokenAt;
    assert.equal(await brokenAt(sorted), null);
    assert.equal(await brokenAt([...sorted.slice(0, 3), ["a"], [null]]), 3);
    assert.equal(await brokenAt([[null], ["a"]]), 1);
    assert.equal(await differ(sorted, sorted.toReversed(), shape), "row 2 is not in order");
    assert.equal((await digest(sorted.toReversed(), { keyCount: 1 })).orderBrokenAt, null);
  });

  test("the rows behind a difference can be looked at", async () => {
    const rows = changed(4_000, 2, -1);
    const bucket = differenceOf(await digest(ROWS), await digest(rows))?.bucket ?? -1;
    const found = await rowsOfBucket(SHAPE, batchesOf(rows, 100), bucket);
    assert.ok(found.some((row) => row[1] === 4_000 && row[2] === -1));
    assert.ok(found.length <= 5);
  });
});
