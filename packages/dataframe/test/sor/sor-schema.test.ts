import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { SchemaRecord } from "../../src/column/schema-record.js";
import { inferSorSchema, printSidb, readSorHead, SOR_SCHEMA_LINES, sidbSchema } from "../../src/sor/sor-schema.js";
import { SOR_COLUMN_TYPES } from "../../src/sor/sor-types.js";
import { linesOf, plainSor } from "./plain-sor.js";
import { columnsAndFile } from "./sor-lines.js";

const seed = seedFromEnv(53);
const infer = (text: string, names?: readonly string[]): string =>
  printSidb(inferSorSchema(Buffer.from(text, "latin1"), names));

testSuite("SoR schema", (test) => {
  test("a column's type is the widest of its values, and missing ones say nothing", () => {
    assert.equal(infer("<0><1><1><1><><>\n<1><2><2.5><a><1.0>\n"), "BIDSDB");
    assert.equal(infer('<"1"><+1><-.5><.><1e5><00>'), "SIDSSI");
    assert.equal(infer("<9223372036854775807><9223372036854775808><-9223372036854775808>"), "IDI");
    assert.equal(infer(""), "");
    assert.equal(infer("no field\n\n"), "");
  });

  test("the widest of the first 500 lines says how many columns there are, and later lines nothing", () => {
    const lines = ["<1>\n".repeat(SOR_SCHEMA_LINES - 1), "<1><2>\n", "<x><y><z>\n"].join("");
    assert.equal(infer(lines), "BI");
  });

  test("a line that is no row says nothing", () => {
    assert.equal(infer('<1>\n<a b><2>\n<"x\n<y\n<0>\n'), "B");
    assert.equal(infer(`<${"1".repeat(256)}>\n<1>\n`), "B");
    assert.equal(infer(`<${"1".repeat(255)}>\n<1>\n`), "D");
  });

  test("no line of those that it is inferred from contradicts a schema", () => {
    fc.assert(
      fc.property(columnsAndFile(20), ([, file]) => {
        const types = inferSorSchema(file).columns.map(({ type }) => type);
        const isRow = (line: string): boolean =>
          plainSor([line], Array(9).fill("utf8"), "discard").badRows.length === 0;
        assert.deepEqual(plainSor(linesOf(file).filter(isRow), types, "discard").badRows, []);
        // And none would do with a narrower type.
        types.forEach((type, column) => {
          const rank = SOR_COLUMN_TYPES.indexOf(type);
          if (rank === 0) return;
          const narrower = types.with(column, SOR_COLUMN_TYPES[rank - 1]!);
          assert.notDeepEqual(plainSor(linesOf(file).filter(isRow), narrower, "discard").badRows, []);
        });
      }),
      { seed, numRuns: 400 },
    );
  });

  test("columns have the names that are given, or c0, c1, ...; they make a frame's schema", () => {
    assert.deepEqual(inferSorSchema(Buffer.from("<1><a>")).columns, [
      { name: "c0", type: "boolean" },
      { name: "c1", type: "utf8" },
    ]);
    const schema = sidbSchema("SI", ["name", "constructor"]);
    const record: SchemaRecord = schema;
    assert.deepEqual(SchemaRecord.parse(record).columns, [
      { name: "name", type: "utf8" },
      { name: "constructor", type: "int64" },
    ]);
    assert.throws(() => infer("<1>", ["a", "b"]), { code: "USAGE", message: /2 names/ });
    assert.throws(() => sidbSchema("SS", ["a", "a"]), { code: "USAGE", message: /"a" occurs twice/ });
    assert.throws(() => sidbSchema("S", [""]), { code: "USAGE", message: /1 to 256 bytes/ });
  });

  test("letters are read and printed, and another one is an error that says where and what is allowed", () => {
    assert.deepEqual(
      sidbSchema("SIDB").columns.map(({ type }) => type),
      ["utf8", "int64", "float64", "boolean"],
    );
    for (const letters of ["", "S", "BBDDIISS"]) assert.equal(printSidb(sidbSchema(letters)), letters);
    assert.throws(() => sidbSchema("SIXB"), { code: "USAGE", message: /letter 3 is "X".*S .*I .*D .*B / });
    assert.throws(() => sidbSchema("é"), { code: "USAGE", message: /letter 1/ });
    assert.throws(() => sidbSchema("S".repeat(4097)), { code: "USAGE" });
  });

  test("more than 4096 fields on a line are refused by its number", () => {
    assert.equal(inferSorSchema(Buffer.from("<1>".repeat(4096))).columns.length, 4096);
    assert.throws(() => infer(`<1>\n${"<1>".repeat(4097)}`), { code: "DATA_INVALID", message: /line 2/ });
  });

  test("the head of a file is its first 500 lines, however it is read", async () => {
    const file = Buffer.from(`<${"x".repeat(200)}>\n`.repeat(2_000));
    const source = (readBytes: number) => ({
      bytes: file.length,
      read: (offset: number, into: Uint8Array) => {
        const part = file.subarray(offset, offset + Math.min(into.length, readBytes));
        into.set(part);
        return part.length;
      },
    });
    for (const readBytes of [1_000, 1_000_000]) {
      const head = await readSorHead(source(readBytes));
      assert.ok(linesOf(head).length >= SOR_SCHEMA_LINES && head.length < file.length);
      assert.ok(Buffer.from(head).equals(file.subarray(0, head.length)));
    }
    assert.equal((await readSorHead({ bytes: 0, read: () => 0 })).length, 0);
    await assert.rejects(readSorHead({ bytes: 5, read: () => 0, name: "cut.sor" }), {
      code: "FILE_CHANGED",
      message: /cut\.sor/,
    });
  });
});
