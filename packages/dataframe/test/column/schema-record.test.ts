import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { SCHEMA_COLUMNS_MAX, SchemaRecord } from "../../src/column/schema-record.js";

const named = (...names: string[]) => ({ columns: names.map((name) => ({ name, type: "int64" })) });
const isAccepted = (record: unknown): boolean => SchemaRecord.safeParse(record).success;

testSuite("SchemaRecord", (test) => {
  test("a record comes back as it is, names like those of every object included", () => {
    const record = named("constructor", "__proto__", "toString", "straße", " ", "a\nb");
    assert.deepEqual(SchemaRecord.parse(JSON.parse(JSON.stringify(record))), record);
    assert.equal(isAccepted({ columns: [] }), true);
  });

  test("names are counted in bytes of UTF-8: 1 to 256", () => {
    assert.equal(isAccepted(named("x".repeat(256))), true);
    assert.equal(isAccepted(named("ß".repeat(128))), true);
    assert.equal(isAccepted(named("ß".repeat(129))), false);
    assert.equal(isAccepted(named("x".repeat(257))), false);
    assert.equal(isAccepted(named("")), false);
    assert.equal(isAccepted(named("\ud800")), false);
  });

  test("a name that occurs twice is refused, also one that objects have", () => {
    assert.equal(isAccepted(named("a", "b", "a")), false);
    assert.equal(isAccepted(named("__proto__", "__proto__")), false);
  });

  test("4096 columns are allowed, one more is not", () => {
    const names = Array.from({ length: SCHEMA_COLUMNS_MAX + 1 }, (_, index) => `c${index}`);
    assert.equal(isAccepted(named(...names.slice(1))), true);
    assert.equal(isAccepted(named(...names)), false);
  });

  test("unknown types and fields are refused", () => {
    assert.equal(isAccepted({ columns: [{ name: "a", type: "decimal" }] }), false);
    assert.equal(isAccepted({ columns: [{ name: "a", type: "int8", nullable: true }] }), false);
    assert.equal(isAccepted({ columns: [], version: 1 }), false);
  });
});
