import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { chooseCodeEncoding, chooseEncoding, chooseIntegerEncoding } from "../../src/column/choose-encoding.js";

testSuite("chooseEncoding", (test) => {
  test("integers that fit a width as they are have no offset", () => {
    assert.deepEqual(chooseIntegerEncoding(-128n, 127n), { encoding: "int8", offset: 0n });
    assert.deepEqual(chooseIntegerEncoding(-32768n, 32767n), { encoding: "int16", offset: 0n });
    assert.deepEqual(chooseIntegerEncoding(-(2n ** 31n), 2n ** 31n - 1n), { encoding: "int32", offset: 0n });
  });

  test("integers whose range fits a narrower width get an offset inside the range", () => {
    assert.deepEqual(chooseIntegerEncoding(1000n, 1255n), { encoding: "int8", offset: 1128n });
    assert.deepEqual(chooseIntegerEncoding(0n, 255n), { encoding: "int8", offset: 128n });
    assert.deepEqual(chooseIntegerEncoding(-127n, 128n), { encoding: "int8", offset: 1n });
    assert.deepEqual(chooseIntegerEncoding(-128n, 128n), { encoding: "int16", offset: 0n });
    assert.deepEqual(chooseIntegerEncoding(-129n, 127n), { encoding: "int16", offset: 0n });
    assert.deepEqual(chooseIntegerEncoding(0n, 2n ** 31n), { encoding: "int32", offset: 2n ** 30n });
    assert.deepEqual(chooseIntegerEncoding(1000n, 1256n), { encoding: "int16", offset: 0n });
    const max = 2n ** 63n - 1n;
    for (const [span, encoding] of [
      [2n ** 8n, "int8"],
      [2n ** 16n, "int16"],
      [2n ** 32n, "int32"],
    ] as const) {
      for (const min of [-(2n ** 63n), max - span + 1n]) {
        const choice = chooseIntegerEncoding(min, min + span - 1n);
        assert.equal(choice.encoding, encoding);
        assert.equal(choice.offset >= min && choice.offset < min + span, true);
        assert.equal(min - choice.offset, -span / 2n);
        assert.equal(min + span - 1n - choice.offset, span / 2n - 1n);
      }
    }
  });

  test("a range of 2^32 and more stays 64 bits wide", () => {
    assert.deepEqual(chooseIntegerEncoding(0n, 2n ** 32n), { encoding: "int64", offset: 0n });
    assert.deepEqual(chooseIntegerEncoding(-(2n ** 63n), 2n ** 63n - 1n), { encoding: "int64", offset: 0n });
  });

  test("codes are as wide as the dictionary's size demands", () => {
    assert.equal(chooseCodeEncoding(256), "codes8");
    assert.equal(chooseCodeEncoding(257), "codes16");
    assert.equal(chooseCodeEncoding(65536), "codes16");
    assert.equal(chooseCodeEncoding(65537), "codes32");
  });

  test("no values, then equal values, come before everything else", () => {
    const facts = { type: "utf8", rowCount: 3, nullCount: 0, identical: true } as const;
    assert.equal(chooseEncoding({ ...facts, nullCount: 3 }).encoding, "null");
    assert.equal(chooseEncoding({ ...facts, rowCount: 0 }).encoding, "null");
    assert.equal(chooseEncoding(facts).encoding, "constant");
    assert.equal(chooseEncoding({ ...facts, dictionarySize: 9 }).encoding, "constantCode");
    assert.equal(chooseEncoding({ ...facts, identical: false }).encoding, "plain");
    assert.equal(chooseEncoding({ ...facts, identical: false, dictionarySize: 9 }).encoding, "codes8");
    assert.equal(chooseEncoding({ ...facts, type: "list", identical: false }).encoding, "list");
    assert.equal(chooseEncoding({ ...facts, type: "list", identical: false, nullCount: 3 }).encoding, "null");
    assert.equal(chooseEncoding({ ...facts, type: "boolean", identical: false }).encoding, "bits");
    assert.equal(chooseEncoding({ ...facts, type: "float64", identical: false }).encoding, "float64");
  });
});
