import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import fc from "fast-check";
import {
  areAllSet,
  areNullSlotsClear,
  bitmapByteLength,
  clearBit,
  clearNullSlots,
  countSetBits,
  isBitSet,
  isSpareClear,
  setBit,
} from "../../src/column/bitmap.js";

const OPTIONS = { seed: seedFromEnv(11), numRuns: 300 };
const flags = fc.array(fc.boolean(), { maxLength: 70 });

const bitmapOf = (bits: readonly boolean[]): Uint8Array => {
  const bitmap = new Uint8Array(bitmapByteLength(bits.length));
  for (const [index, bit] of bits.entries()) if (bit) setBit(bitmap, index);
  return bitmap;
};

testSuite("bitmap", (test) => {
  test("bit 0 is the least significant bit of byte 0, as in Arrow", () => {
    assert.deepEqual(
      bitmapOf([true, false, false, false, false, false, false, true, false, true]),
      new Uint8Array([0x81, 2]),
    );
  });

  test("bits read back as they were set, and cleared ones are clear", () => {
    fc.assert(
      fc.property(flags, fc.nat(69), (bits, at) => {
        const bitmap = bitmapOf(bits);
        for (const [index, bit] of bits.entries()) assert.equal(isBitSet(bitmap, index), bit);
        if (at >= bits.length) return;
        clearBit(bitmap, at);
        for (const [index, bit] of bits.entries()) assert.equal(isBitSet(bitmap, index), bit && index !== at);
      }),
      OPTIONS,
    );
  });

  test("counting looks at the first bits only, whatever stands behind them", () => {
    fc.assert(
      fc.property(flags, fc.nat(70), (bits, count) => {
        const first = bits.slice(0, count);
        const bitmap = bitmapOf(bits);
        assert.equal(countSetBits(bitmap, first.length), first.filter((bit) => bit).length);
        assert.equal(
          areAllSet(bitmap, first.length),
          first.every((bit) => bit),
        );
      }),
      OPTIONS,
    );
    assert.equal(
      countSetBits(
        new Uint8Array(256).map((_, byte) => byte),
        2048,
      ),
      1024,
    );
  });

  test("spare bits are those of the last byte beyond the count", () => {
    assert.equal(isSpareClear(new Uint8Array([0x07]), 3), true);
    assert.equal(isSpareClear(new Uint8Array([0x08]), 3), false);
    assert.equal(isSpareClear(new Uint8Array([0xff]), 8), true);
    assert.equal(isSpareClear(new Uint8Array(0), 0), true);
  });

  test("clearing null slots zeroes those and leaves the others", () => {
    fc.assert(
      fc.property(flags, (bits) => {
        const values = new Int32Array(bits.length).fill(-1);
        const validity = bitmapOf(bits);
        assert.equal(
          areNullSlotsClear(values, 4, validity, bits.length),
          bits.every((bit) => bit),
        );
        clearNullSlots(values, 4, validity, bits.length);
        assert.deepEqual(
          [...values],
          bits.map((bit) => (bit ? -1 : 0)),
        );
        assert.equal(areNullSlotsClear(values, 4, validity, bits.length), true);
      }),
      OPTIONS,
    );
  });
});
