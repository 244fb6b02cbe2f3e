/**
 * Encoding and decoding 10 million rows against a plain copy of the same typed array. Run: npx tsx bench/column.bench.ts
 * Answers are checked first. Times are the best of 5; the ratio to the copy is what counts.
 */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { decodeChunk, encodeChunk } from "../src/column/chunk-codec.js";
import type { ColumnLayout } from "../src/column/column-types.js";
import { encodeCodes, encodeFloat64s, encodeIntegers } from "../src/column/encode-column.js";
import { validateChunk } from "../src/column/validate-chunk.js";

const ROW_COUNT = Number(process.env.BENCH_ROWS ?? 10_000_000);
const ROUNDS = 5;

const best = (run: () => void): number => {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    run();
    bestMs = Math.min(bestMs, performance.now() - startMs);
  }
  return bestMs;
};

/** Looks random to a branch predictor and is the same in every run. */
const random32 = (row: number): number => {
  const mixed = Math.imul(row ^ (row >>> 15), 0x2c1b_3c6d);
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a_2d39) >>> 0;
};

const floats = Float64Array.from({ length: ROW_COUNT }, (_, row) => random32(row) / 1000);
const wide = BigInt64Array.from({ length: ROW_COUNT }, (_, row) => BigInt(random32(row)) << 20n);
const narrow = BigInt64Array.from({ length: ROW_COUNT }, (_, row) => BigInt(random32(row) % 100) + 1_000_000_000_000n);
const numbers = Float64Array.from(narrow, Number);
const codes = Uint32Array.from({ length: ROW_COUNT }, (_, row) => random32(row) % 100_000);

interface Case {
  readonly name: string;
  readonly source: Float64Array | BigInt64Array | Uint32Array;
  readonly encode: () => ColumnLayout;
  readonly encoding: string;
  readonly dictionarySize?: number;
}

const cases: readonly Case[] = [
  { name: "float64", source: floats, encode: () => encodeFloat64s(floats, ROW_COUNT), encoding: "float64" },
  { name: "int64, wide", source: wide, encode: () => encodeIntegers("int64", wide, ROW_COUNT), encoding: "int64" },
  {
    name: "int64, 100 values",
    source: narrow,
    encode: () => encodeIntegers("int64", narrow, ROW_COUNT),
    encoding: "int8",
  },
  {
    name: "the same from numbers",
    source: numbers,
    encode: () => encodeIntegers("int64", numbers, ROW_COUNT),
    encoding: "int8",
  },
  {
    name: "codes of 100,000",
    source: codes,
    encode: () => encodeCodes(codes, 100_000, ROW_COUNT),
    encoding: "codes32",
    dictionarySize: 100_000,
  },
];

console.log(`${ROW_COUNT} rows, ms: copy = plain copy of the source; measure = statistics, choice and packing;`);
console.log("write = columns into a chunk's place; decode = views; validate = all checks of untrusted bytes");
for (const { name, source, encode, encoding, dictionarySize } of cases) {
  const column = encode();
  assert.equal(column.encoding, encoding);
  const encoded = encodeChunk([column], ROW_COUNT);
  const slab = new Uint8Array(new SharedArrayBuffer(encoded.byteLength));
  encoded.write(slab);
  const chunk = decodeChunk(slab);
  assert.equal(JSON.stringify(chunk.columns[0]?.encoding), JSON.stringify(column.encoding));
  const [before, after] = [column, chunk.columns[0]!];
  if ("values" in before && "values" in after) {
    for (const row of [0, 1, ROW_COUNT >> 1, ROW_COUNT - 1]) assert.equal(after.values[row], before.values[row]);
  }

  const target = source.slice();
  const copyMs = best(() => target.set(source as never));
  const measureMs = best(encode);
  const writeMs = best(() => encoded.write(slab));
  const decodeMs = best(() => decodeChunk(slab));
  const validateMs = best(() => validateChunk(chunk, [dictionarySize]));
  const ratio = ((measureMs + writeMs) / copyMs).toFixed(1);
  console.log(
    `${name.padEnd(22)} copy ${copyMs.toFixed(1).padStart(6)}  measure ${measureMs.toFixed(1).padStart(6)}  write ${writeMs
      .toFixed(1)
      .padStart(
        6,
      )}  decode ${decodeMs.toFixed(3)}  validate ${validateMs.toFixed(1).padStart(6)}  (measure + write) / copy ${ratio}  ${(
      encoded.byteLength / ROW_COUNT
    ).toFixed(2)} bytes a row`,
  );
}
