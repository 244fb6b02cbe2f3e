import assert from "node:assert/strict";
import { isEau2Error } from "@eau2/protocol";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import type { Dictionary } from "../../src/column/column-types.js";
import { decodeDictionary, encodeDictionary, validateDictionary } from "../../src/column/dictionary-codec.js";
import { dictionaryOf, strings } from "./random-columns.js";

const SEED = seedFromEnv(15);

const bytesOfDictionary = (dictionary: Dictionary): Uint8Array => {
  const encoded = encodeDictionary(dictionary);
  const bytes = new Uint8Array(new SharedArrayBuffer(encoded.byteLength + 64), 64).fill(0xaa);
  encoded.write(bytes);
  return bytes;
};

testSuite("dictionary codec", (test) => {
  test("any strings come back as views of the bytes, and equal ones have equal bytes", () => {
    fc.assert(
      fc.property(fc.array(strings, { maxLength: 30 }), (entries) => {
        const bytes = bytesOfDictionary(dictionaryOf(entries));
        const decoded = decodeDictionary(bytes);
        validateDictionary(decoded);
        assert.deepEqual(decoded, dictionaryOf(entries));
        assert.equal(decoded.values.buffer, bytes.buffer);
        assert.equal(decoded.offsets.buffer, bytes.buffer);
        assert.equal(decoded.offsets.byteOffset - bytes.byteOffset, 64);
        assert.equal(entries.every((entry) => entry.length === 0) || decoded.values.byteOffset % 64 === 0, true);
        assert.deepEqual(bytesOfDictionary(decoded), bytes);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test("changed, cut and random bytes are refused as DATA_INVALID or are another dictionary", () => {
    fc.assert(
      fc.property(
        fc.array(strings, { maxLength: 8 }),
        fc.nat(),
        fc.nat(255),
        fc.nat(),
        fc.uint8Array({ maxLength: 200 }),
        (entries, at, value, cut, random) => {
          const bytes = bytesOfDictionary(dictionaryOf(entries));
          const changed = bytes.slice();
          changed[at % changed.length] = value;
          for (const hostile of [changed, bytes.slice(0, cut % bytes.length), random]) {
            try {
              const decoded = decodeDictionary(hostile);
              assert.deepEqual([...bytesOfDictionary(decoded)], [...hostile]);
              validateDictionary(decoded);
            } catch (error) {
              assert.equal(isEau2Error(error, "DATA_INVALID"), true, String(error));
            }
          }
        },
      ),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test("offsets that descend are found by validation", () => {
    const decoded = decodeDictionary(bytesOfDictionary(dictionaryOf([new Uint8Array(2), new Uint8Array(3)])));
    decoded.offsets[1] = 6;
    assert.throws(() => validateDictionary(decoded), { code: "DATA_INVALID", message: /string 1 descend/ });
  });

  test("huge declared counts and unaligned bytes are refused", () => {
    const bytes = bytesOfDictionary(dictionaryOf([new Uint8Array(2)]));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint32(8, 0xffff_ffff, true);
    assert.throws(() => decodeDictionary(bytes), { code: "DATA_INVALID" });
    assert.throws(() => decodeDictionary(bytes.subarray(4)), { code: "USAGE" });
  });
});
