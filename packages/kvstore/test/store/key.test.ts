import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import { hashName, isUnderPrefix, Key, scratchPrefixOf } from "../../src/store/key.js";

/** All nodes must agree on these for ever: they say where keys without a home live. */
const GOLDEN: readonly (readonly [string, number])[] = [
  ["a", 0x91e9da27],
  ["b", 0x080eef51],
  ["ab", 0xf5af2b5a],
  ["a/b", 0xa3d76813],
  ["users/7", 0x3fe2e09c],
  ["f/0123456789abcdef/frame", 0xacd76470],
  ["d/0123456789abcdef/0", 0x7a079865],
  ["constructor", 0xcc6f1f88],
  ["__proto__", 0x916b0481],
  [" ", 0x181159f7],
  ["\u0000", 0x18b6b1bd],
  ["é", 0xa1487ab7],
  ["日本", 0xd0123169],
  ["😀", 0xadd01006],
  ["k".repeat(1_024), 0x4330ad03],
];

testSuite("Key", (test) => {
  test("hashes are those of the golden table", () => {
    for (const [name, hash] of GOLDEN) {
      assert.equal(hashName(name), hash, JSON.stringify(name));
      assert.equal(new Key(name, 7).hash, hash);
    }
  });

  test("low bits spread names over any number of shards", () => {
    for (const shardCount of [2, 3, 5, 8]) {
      const counts = new Array<number>(shardCount).fill(0);
      for (let index = 0; index < 10_000; index++) counts[hashName(`users/${index}`) % shardCount]!++;
      for (const count of counts) assert.ok(Math.abs(count - 10_000 / shardCount) < 0.1 * (10_000 / shardCount));
    }
  });

  test("two keys are equal when name and home are, and survive their record", () => {
    const key = new Key("users/7", 3);
    assert.ok(key.equals(new Key("users/7", 3)));
    assert.ok(!key.equals(new Key("users/7", 4)) && !key.equals(new Key("users/8", 3)));
    assert.ok(Key.from(key.toRecord()).equals(key));
    assert.equal(String(key), "users/7@3");
  });

  test("a name has 1 to 1,024 bytes of UTF-8; the error counts them", () => {
    assert.throws(() => new Key("", 0), { code: "KEY_INVALID", details: { bytes: 0, bytesMax: 1_024 } });
    assert.throws(() => new Key("k".repeat(2_000), 0), {
      code: "KEY_INVALID",
      details: { bytes: 2_000, bytesMax: 1_024 },
    });
    assert.throws(() => new Key("😀".repeat(257), 0), {
      code: "KEY_INVALID",
      details: { bytes: 1_028, bytesMax: 1_024 },
    });
    assert.equal(new Key("😀".repeat(256), 0).name.length, 512);
  });

  test("a prefix covers whole path segments", () => {
    const cases: readonly [string, string, boolean][] = [
      ["a", "a", true],
      ["a/b", "a", true],
      ["a/b", "a/", true],
      ["a//b", "a/", true],
      ["ab", "a", false],
      ["a", "a/", false],
      ["a b", "a", false],
      ["b/a", "a", false],
      ["anything", "", true],
    ];
    for (const [name, prefix, expected] of cases)
      assert.equal(isUnderPrefix(name, prefix), expected, `${name} ${prefix}`);
  });

  test("a prefix covers a name exactly if its segments begin the name's", () => {
    const path = fc.array(fc.constantFrom("a", "b", "ab", "ü"), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, path, (name, prefix) => {
        const expected = prefix.every((segment, index) => name[index] === segment);
        assert.equal(isUnderPrefix(name.join("/"), prefix.join("/")), expected);
        assert.equal(isUnderPrefix(name.join("/"), `${prefix.join("/")}/`), expected && name.length > prefix.length);
      }),
      { seed: seedFromEnv(31), numRuns: 500 },
    );
  });

  test("only names under x/ have a scratch prefix", () => {
    assert.equal(scratchPrefixOf("x/job/p/1"), "x/job");
    assert.equal(scratchPrefixOf("x/job"), "x/job");
    assert.equal(scratchPrefixOf("xy/job"), undefined);
    assert.equal(scratchPrefixOf("f/x/job"), undefined);
  });
});
