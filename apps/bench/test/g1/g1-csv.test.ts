import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { testSuite } from "@eau2/testing";
import { G1Csv } from "../../src/g1/g1-csv.js";
import { type G1Shape, g1Name } from "../../src/g1/g1-table.js";

const SHAPE: G1Shape = { rows: 10_000, k: 100, nullsPercent: 0, isSorted: false, seed: 1 };

const csvOf = (shape: G1Shape, blockBytes = 1 << 16): string => {
  const csv = new G1Csv(shape);
  const block = Buffer.alloc(blockBytes);
  let text = "";
  for (let filled = csv.fill(block); filled > 0; filled = csv.fill(block)) text += block.toString("latin1", 0, filled);
  return text;
};

/** Fields by row, without the header. */
const rowsOf = (shape: G1Shape): string[][] =>
  csvOf(shape)
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const differentIn = (rows: readonly string[][], column: number): Set<string> =>
  new Set(rows.map((row) => row[column]!).filter((field) => field !== ""));

testSuite("G1Csv", (test) => {
  test("a seed and a shape give the same bytes on every machine", () => {
    assert.equal(digestOf(csvOf(SHAPE)), "e2f1c73bf1f93c35d1510844db7b48dc4e2914eccc418c5b8bf755cc1a62a15e");
    assert.equal(
      digestOf(csvOf({ ...SHAPE, nullsPercent: 5, isSorted: true, k: 10, seed: 2 })),
      "c02f8535e3aecf6275ad4612cfb5349255757fdb65a1d5fe7d24a8e35b48eb98",
    );
  });

  test("the text does not depend on how it is cut into blocks", () => {
    assert.equal(csvOf({ ...SHAPE, nullsPercent: 5 }, 1_000), csvOf({ ...SHAPE, nullsPercent: 5 }));
  });

  test("ids are texts of fixed width or numbers, in as many groups as they should be", () => {
    const rows = rowsOf({ ...SHAPE, rows: 20_000, k: 50 });
    assert.equal(rows.length, 20_000);
    const forms = [/^id\d{3}$/, /^id\d{3}$/, /^id\d{10}$/, /^[1-9]\d*$/, /^[1-9]\d*$/, /^[1-9]\d*$/];
    for (const [column, groups] of [50, 50, 400, 50, 50, 400].entries()) {
      const different = differentIn(rows, column);
      assert.equal(different.size, groups, `column ${column}`);
      for (const field of different) {
        assert.match(field, forms[column]!);
        const id = Number(field.replace("id", ""));
        assert.ok(id >= 1 && id <= groups, field);
      }
    }
  });

  test("values are 1 to 5, 1 to 15, and 0 to 100 with six decimals, evenly", () => {
    const rows = rowsOf(SHAPE);
    assert.deepEqual([...differentIn(rows, 6)].map(Number).toSorted(), [1, 2, 3, 4, 5]);
    assert.equal(differentIn(rows, 7).size, 15);
    const v3 = rows.map((row) => row[8]!);
    for (const field of v3) {
      assert.match(field, /^(0|[1-9]\d?)(\.\d{0,5}[1-9])?$/);
      assert.ok(Number(field) < 100);
    }
    for (const below of [10, 50, 90]) {
      const share = v3.filter((field) => Number(field) < below).length / rows.length;
      assert.ok(Math.abs(share - below / 100) < 0.02, `${share} are below ${below}`);
    }
  });

  test("columns know nothing of each other", () => {
    const rows = rowsOf(SHAPE);
    const pairs = new Set(rows.map((row) => `${row[0]} ${row[3]}`));
    // Of 10,000 pairs that 10,000 draws can hit, 1 - 1/e are hit.
    assert.ok(Math.abs(pairs.size - 6_321) < 150, String(pairs.size));
  });

  test("the smallest decimals have an exponent, as R writes them", () => {
    const small = rowsOf({ ...SHAPE, rows: 20_000, seed: 24 })
      .map((row) => row[8]!)
      .filter((field) => field.includes("e"));
    assert.deepEqual(small, ["2.2e-05"]);
  });

  test("so many percent of the ids, and of the rows of each value, are null, and nothing else changes", () => {
    const [plain, holed] = [rowsOf(SHAPE), rowsOf({ ...SHAPE, nullsPercent: 5 })];
    for (const [column, different] of [95, 95, 95, 95, 95, 95].entries()) {
      assert.equal(differentIn(holed, column).size, different);
    }
    for (const column of [6, 7, 8]) assert.equal(holed.filter((row) => row[column] === "").length, 500);
    for (const [row, fields] of holed.entries()) {
      for (const column of fields.keys()) {
        if (fields[column] !== "") assert.equal(fields[column], plain[row]![column]);
      }
    }
  });

  test("sorted has the same rows by id1 to id6, nulls first", () => {
    const shape = { ...SHAPE, k: 7, nullsPercent: 20 };
    const compare = (a: string[], b: string[]): number => {
      for (let column = 0; column < 6; column++) {
        const order = Number(a[column]!.replace("id", "")) - Number(b[column]!.replace("id", ""));
        if (order !== 0) return order;
      }
      return 0;
    };
    assert.deepEqual(rowsOf({ ...shape, isSorted: true }), rowsOf(shape).toSorted(compare));
  });

  test("its name says what is in it", () => {
    assert.equal(g1Name({ rows: 1e7, k: 100, nullsPercent: 0, isSorted: false, seed: 1 }), "G1_1e7_1e2_0_0-1");
    assert.equal(g1Name({ rows: 2e5, k: 10, nullsPercent: 5, isSorted: true, seed: 3 }), "G1_2e5_1e1_5_1-3");
  });
});
