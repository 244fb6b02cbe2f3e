import assert from "node:assert/strict";
import { isEau2Error } from "@eau2/protocol";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { checkControl } from "../../src/wire/control-check.js";
import { decodeControl, encodeControl } from "../../src/wire/control-codec.js";

const SEED = seedFromEnv(12);

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double().filter((value) => !Object.is(value, -0)),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
})).value;

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** How many values a decoded one is made of. */
const countValues = (value: unknown): number => {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + countValues(inner), 1);
};

/** @returns whether the bytes were taken; what is decoded is never more than the bytes. */
const survive = (bytes: Uint8Array): boolean => {
  let value: unknown;
  try {
    value = decodeControl(bytes);
  } catch (error) {
    assert.ok(isEau2Error(error, "DATA_INVALID"), String(error));
    return false;
  }
  assert.ok(countValues(value) <= bytes.length);
  return true;
};

testSuite("control codec", (test) => {
  test("plain data comes out as it went in", () => {
    fc.assert(
      fc.property(plain, (value) => {
        assert.deepEqual(decodeControl(encodeControl(value)), value);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test("a property that is undefined is left out, any other undefined is null", () => {
    assert.deepEqual(decodeControl(encodeControl({ a: undefined, b: 1 })), { b: 1 });
    assert.deepEqual(decodeControl(encodeControl([undefined, 1])), [null, 1]);
    assert.equal(decodeControl(encodeControl(undefined)), null);
  });

  test("what is nested deeper than the limit, or than the caller allows, is refused", () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { left: nested(depth - 1) });
    assert.deepEqual(decodeControl(encodeControl(nested(256))), nested(256));
    assert.throws(() => decodeControl(encodeControl(nested(257))), { code: "DATA_INVALID" });
    assert.deepEqual(decodeControl(encodeControl(nested(1000)), 1000), nested(1000));
    assert.throws(() => decodeControl(encodeControl(nested(1001)), 1000), { code: "DATA_INVALID" });
  });

  test("the result of encoding is not written again by the next one", () => {
    const first = encodeControl({ name: "first" });
    const copy = first.slice();
    for (let index = 0; index < 5000; index++) encodeControl({ index, text: "x".repeat(index % 100) });
    assert.deepEqual(first.slice(), copy);
  });

  test("a name like __proto__ changes no prototype", () => {
    const bytes = hex("81 a9 5f5f70726f746f5f5f 81 a5 61646d696e c3"); // {"__proto__": {"admin": true}}
    const value = decodeControl(bytes) as Record<string, unknown>;
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(value.admin, undefined);
  });
});

testSuite("control codec, hostile bytes", (test) => {
  const HOSTILE: Readonly<Record<string, Uint8Array>> = {
    "nothing at all": hex(""),
    "an array of four billion": hex("dd ffffffff"),
    "an array of 65,535": hex("dc ffff c0"),
    "a map of four billion": hex("df ffffffff"),
    "a map of two billion pairs": hex("df 80000000 c0"),
    "a string of four gigabytes": hex("db ffffffff 61"),
    "bytes of four gigabytes": hex("c6 ffffffff 00"),
    "a short string that ends early": hex("a5 6161"),
    "a number that ends early": hex("cf 00000000"),
    "a length that ends early": hex("dd 0000"),
    "the byte that means nothing": hex("c1"),
    "an extension of one byte": hex("d4 01 00"),
    "the extension for undefined": hex("d4 00 00"),
    "an extension of sixteen bytes": hex(`d8 01 ${"00".repeat(16)}`),
    "a timestamp": hex("d6 ff 00000000"),
    "an extension of any length": hex("c7 01 72 00"),
    "a record definition of the library": hex("d4 72 40 91 a1 61 01"),
    "a pointer of the library": hex("d6 70 00000001"),
    "bundled strings of the library": hex("d6 62 00000001 00"),
    "a second value": hex("80 80"),
    "arrays nested without end": new Uint8Array(100_000).fill(0x91),
    "maps nested without end": new Uint8Array(100_000).fill(0x81),
    "a map whose key is a map": hex("81 80 c0"),
    "a map whose key is an array": hex("81 91 01 c0"),
  };
  for (const [name, bytes] of Object.entries(HOSTILE)) {
    test(`${name} is refused`, () => {
      assert.throws(() => decodeControl(bytes), { code: "DATA_INVALID" });
    });
  }

  test("every first byte is either a whole value or refused, with any one byte behind it", () => {
    for (let first = 0; first < 256; first++) {
      survive(Uint8Array.of(first));
      for (let second = 0; second < 256; second++) survive(Uint8Array.of(first, second));
    }
  });

  test("arrays inside arrays that all declare what is left are refused without work", () => {
    // Each level declares as many elements as there are bytes: the product would be endless.
    const bytes = new Uint8Array(60_000);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 5 <= bytes.length; at += 5) {
      view.setUint8(at, 0xdd);
      view.setUint32(at + 1, bytes.length - at - 5);
    }
    assert.throws(() => checkControl(bytes), { code: "DATA_INVALID" });
  });

  test("random and changed bytes are refused or decode to no more than they are", () => {
    const outcomes = { taken: 0, refused: 0 };
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plain, edits, fc.uint8Array({ maxLength: 64 }), (value, changes, random) => {
        const bytes = Uint8Array.from(encodeControl(value));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        for (const input of [bytes, random]) outcomes[survive(input) ? "taken" : "refused"]++;
      }),
      { seed: SEED, numRuns: 3000 },
    );
    assert.ok(outcomes.taken > 100 && outcomes.refused > 100, JSON.stringify(outcomes));
  });
});
