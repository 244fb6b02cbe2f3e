import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { assertKeyName, ClusterId, isEau2Error, isKeyName, KEY_NAME_BYTES_MAX, KeyName, NodeId } from "../src/index.js";

const SEED = seedFromEnv(7);

testSuite("key names", (test) => {
  test("have 1 to 1,024 bytes of UTF-8, whatever the characters", () => {
    const table: readonly (readonly [string, boolean])[] = [
      ["", false],
      ["a", true],
      ["\0", true],
      ["a".repeat(1024), true],
      ["a".repeat(1025), false],
      ["a".repeat(2000), false],
      ["ß".repeat(512), true],
      ["ß".repeat(513), false],
      ["水".repeat(341), true],
      [`${"水".repeat(341)}a`, true],
      ["水".repeat(342), false],
      ["🌊".repeat(256), true],
      [`${"🌊".repeat(256)}a`, false],
      ["\ud83c", false],
      ["\udf0a\ud83c", false],
      ["a\udf0ab", false],
      ["\ud83c\udf0a", true],
      ["constructor", true],
      ["__proto__", true],
    ];
    for (const [name, allowed] of table) {
      const shown = `${name.slice(0, 8)} (${name.length})`;
      assert.equal(isKeyName(name), allowed, shown);
      assert.equal(KeyName.safeParse(name).success, allowed, shown);
      if (allowed) assertKeyName(name);
      else assert.throws(() => assertKeyName(name), { code: "KEY_INVALID" }, shown);
    }
  });

  test("are judged by the bytes that TextEncoder makes of them", () => {
    const encoder = new TextEncoder();
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1100, size: "max" }), (name) => {
        const bytes = encoder.encode(name);
        const survives = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) === name;
        assert.equal(isKeyName(name), survives && bytes.length >= 1 && bytes.length <= KEY_NAME_BYTES_MAX);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("an error says how many bytes there are and shows the beginning only", () => {
    try {
      assertKeyName("水".repeat(2000));
      assert.fail("it was taken");
    } catch (error) {
      assert.ok(isEau2Error(error, "KEY_INVALID"));
      assert.deepEqual(error.details, { bytes: 6000, bytesMax: KEY_NAME_BYTES_MAX });
      assert.ok(error.message.length < 200);
    }
  });
});

testSuite("ids", (test) => {
  test("of nodes and clusters are short and safe in file names", () => {
    for (const id of ["a", "node-1", "0".repeat(64)]) assert.ok(NodeId.safeParse(id).success, id);
    for (const id of ["", "A", "a b", "a/b", "a".repeat(65), "ü", "a\n"]) assert.ok(!NodeId.safeParse(id).success, id);
    for (const id of ["eau2-0123", "Prod.eu_1"]) assert.ok(ClusterId.safeParse(id).success, id);
    for (const id of ["", "a/b", "../x", "a".repeat(65)]) assert.ok(!ClusterId.safeParse(id).success, id);
  });
});
