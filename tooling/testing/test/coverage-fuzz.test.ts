import assert from "node:assert/strict";
import { coverageFuzz, type FuzzTarget, testSuite } from "../src/index.js";

/** Fails only for inputs that pass four checks one after another: one in four billion by blind luck. */
const guarded = (input: Uint8Array): void => {
  if (input[0] !== 0x65) return;
  if (input[1] !== 0x61) return;
  if (input[2] !== 0x75) return;
  if (input[3] !== 0x32) return;
  throw new TypeError("found");
};

const target: FuzzTarget = {
  run: guarded,
  isExpected: () => false,
  seeds: [new Uint8Array(8)],
  watch: ["coverage-fuzz.test"],
};

testSuite("coverageFuzz", (test) => {
  test("finds what blind luck would not, step by step", () => {
    const { findings } = coverageFuzz(target, { seed: 1, runs: 100_000 });
    assert.ok(findings.length > 0);
    assert.match(findings[0]!.what, /TypeError: found/);
    assert.match(findings[0]!.hex, /^65617532/);
  });

  test("an expected error is no finding", () => {
    const { findings, runs } = coverageFuzz({ ...target, isExpected: () => true }, { seed: 1, runs: 1000 });
    assert.deepEqual([findings.length, runs], [0, 1000]);
  });

  test("the same seed tries the same inputs", () => {
    const tried = () => {
      let digest = 0;
      const run = (input: Uint8Array) => {
        for (const byte of input) digest = (Math.imul(digest, 31) + byte) | 0;
      };
      coverageFuzz({ ...target, run }, { seed: 5, runs: 500 });
      return digest;
    };
    assert.equal(tried(), tried());
  });
});
