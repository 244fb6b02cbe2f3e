/** Plain data as bytes: what goes in comes out, on this and on newer versions of Node; anything else is said in words. */
import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import fc from "fast-check";
import { decodeValue, encodeValue } from "../../src/index.js";

const roundTrip = (value: unknown): unknown => decodeValue(encodeValue(value, "it holds"));

/** As Node 20 writes it. */
const GOLDEN = "ff0f6f2201783b490249043a0222016e4e00000000000000802201625c01030100ff7b03";

testSuite("plain data as bytes", (test) => {
  test("any plain data comes back equal", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: false,
        }),
        (value) => assert.deepStrictEqual(roundTrip(value), value),
      ),
      { seed: 20_261_124, numRuns: 500 },
    );
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const back = roundTrip(cycle) as unknown[];
    assert.equal(back[0], back);
    assert.ok(Object.is(roundTrip(-0), -0));
  });

  test("views of shared memory are copied, and what is decoded has memory of its own", () => {
    const shared = new Float64Array(new SharedArrayBuffer(64), 8, 3).fill(1.5);
    const bytes = encodeValue({ shared }, "it holds");
    shared.fill(0);
    const inShared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3);
    inShared.set(bytes);
    const decoded = decodeValue(inShared) as { readonly shared: Float64Array };
    assert.deepEqual(decoded.shared, Float64Array.of(1.5, 1.5, 1.5));
    inShared.fill(0);
    assert.deepEqual(decoded.shared, Float64Array.of(1.5, 1.5, 1.5));
  });

  test("functions, symbols, promises and what holds them cannot travel, and the message names them", () => {
    for (const value of [() => 1, Symbol("s"), Promise.resolve(1), { deep: [new WeakMap()] }])
      assert.throws(() => encodeValue(value, "score.js#score returned"), {
        code: "USAGE",
        message: /^score\.js#score returned what cannot travel: .+ could not be cloned.*; use plain data/,
      });
  });

  test("bytes that are cut or foreign are DATA_INVALID, whatever they are", () => {
    const bytes = encodeValue({ text: "some text", list: [1, 2.5, 3n, new Map([[1, 2]])] }, "it holds");
    for (let end = 0; end < bytes.length - 1; end++)
      assert.throws(() => decodeValue(bytes.subarray(0, end)), { code: "DATA_INVALID" });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (any) => {
        try {
          decodeValue(any);
        } catch (error) {
          assert.equal((error as { code: string }).code, "DATA_INVALID");
        }
      }),
      { seed: 20_261_124, numRuns: 2_000 },
    );
  });

  test("this version of Node reads what the oldest one that we support has written", () => {
    const value = { x: new Map([[1, 2]]), n: -0, b: Uint8Array.of(1, 0, 255) };
    assert.deepStrictEqual(decodeValue(Buffer.from(GOLDEN, "hex")), value);
  });
});
