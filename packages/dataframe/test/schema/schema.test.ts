import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { boolean, date, float32, float64, int32, int64, list, timestamp, utf8 } from "../../src/schema/data-types.js";
import { printSchema } from "../../src/schema/print-schema.js";
import { Schema, schema, schemaOf } from "../../src/schema/schema.js";

testSuite("schema", (test) => {
  test("declared, it keeps names, order and types", () => {
    const Trip = schema({ carrier: utf8, id: int64({ as: "bigint" }), late: boolean });
    assert.deepEqual(Trip.record, {
      columns: [
        { name: "carrier", type: "utf8" },
        { name: "id", type: "int64" },
        { name: "late", type: "boolean" },
      ],
    });
    assert.deepEqual([Trip.sidb, Trip.indexOf("late")], ["SIB", 2]);
  });

  test("the original's letters name columns c0, c1, ...", () => {
    assert.deepEqual(schema("SIDB").names, ["c0", "c1", "c2", "c3"]);
    assert.equal(schema("sidb").sidb, "SIDB");
    assert.equal(schema("").columns.length, 0);
    assert.throws(() => schema("SIXB"), { code: "USAGE", message: /"X" at position 2 is no type; use S \(text\)/ });
  });

  test("letters are those of the original's types: a frame with others has none", () => {
    assert.equal(schema({ a: float32, b: int32 }).sidb, "DI");
    assert.equal(schema({ a: utf8, b: date }).sidb, undefined);
    assert.equal(schema({ a: timestamp }).sidb, undefined);
    assert.equal(schema({ a: list(utf8) }).sidb, undefined);
  });

  test("exact, it has the integers inside", () => {
    const { exact } = schema({ a: int64, b: date, c: timestamp, d: int32, e: list(timestamp) });
    assert.deepEqual(
      exact.columns.map(({ type }) => [type.items?.type ?? type.type, (type.items ?? type).as]),
      [
        ["int64", "bigint"],
        ["date", "bigint"],
        ["timestamp", "bigint"],
        ["int32", undefined],
        ["timestamp", "bigint"],
      ],
    );
  });

  test("equal, empty and number-like names are refused with the way out", () => {
    assert.throws(
      () =>
        schemaOf([
          ["a", utf8],
          ["a", int64],
        ]),
      { code: "USAGE", message: /"a" occurs twice/ },
    );
    assert.throws(() => schema({ "": utf8 }), { code: "USAGE", message: /1 to 256 bytes/ });
    assert.throws(() => schema({ 7: utf8 }), { code: "USAGE", message: /schemaOf/ });
    assert.deepEqual(
      schemaOf([
        ["7", utf8],
        ["b", "float64"],
      ]).sidb,
      "SD",
    );
  });

  test("types go by their names too, and lists of lists are none", () => {
    const named = schemaOf([
      ["tags", "list<utf8>"],
      ["day", "date"],
    ]);
    assert.deepEqual(named.record, schema({ tags: list(utf8), day: date }).record);
    assert.deepEqual(Schema.fromRecord(named.record).record, named.record);
    assert.throws(() => schema({ a: list(list(utf8) as never) }), { code: "USAGE" });
  });

  test("an unknown column suggests the nearest name", () => {
    const wide = schemaOf(Array.from({ length: 30 }, (_, index) => [`column${index}`, float64]));
    assert.throws(() => wide.indexOf("colum3"), {
      code: "COLUMN_UNKNOWN",
      message: /did you mean "column3"\?\); it has "column0".* and 10 more/,
    });
    assert.throws(() => schema({ Delay: utf8 }).indexOf("delay"), { message: /did you mean "Delay"/ });
    assert.throws(() => schema({ a: utf8 }).indexOf("zzzzzz"), {
      message: 'column "zzzzzz" is not in the frame; it has "a"',
    });
    assert.throws(() => schema("").indexOf("a"), { message: /it has no columns/ });
  });

  test("it prints as the TypeScript that declares it", () => {
    assert.equal(
      printSchema(schema({ carrier: utf8, "dep delay": int32, x: float64 }), "Trip"),
      'import { float64, int32, schema, utf8 } from "@eau2/dataframe";\n\nexport const Trip = schema({\n  carrier: utf8,\n  "dep delay": int32,\n  x: float64,\n});\n',
    );
    assert.equal(
      printSchema(schema({ at: timestamp, days: list(date), x: float32 }), "Times"),
      'import { date, float32, list, schema, timestamp } from "@eau2/dataframe";\n\nexport const Times = schema({\n  at: timestamp,\n  days: list(date),\n  x: float32,\n});\n',
    );
    assert.equal(
      printSchema(schemaOf([["0", utf8]]), "Odd"),
      'import { schemaOf, utf8 } from "@eau2/dataframe";\n\nexport const Odd = schemaOf([\n  ["0", utf8],\n]);\n',
    );
  });
});
