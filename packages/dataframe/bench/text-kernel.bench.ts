/**
 * Word count of Zipf text on one thread. Run: node --import tsx bench/text-kernel.bench.ts [megabytes]
 * Checks the counts against a plain loop first, then prints best times of interleaved rounds.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTextKernel } from "../src/kernels/text-kernel.js";
import type { TextKernel } from "../src/kernels/text-kernel-types.js";
import { planBlocks } from "../src/text/block-plan.js";
import { scanBlock } from "../src/text/scan-block.js";
import { zipfText } from "./zipf-text.js";

const PIECE_BYTES = 512 * 1024;
const ROUNDS = 5;
const textBytes = Number(process.argv[2] ?? 100) * 1e6;

type WordCounts = ReadonlyMap<string, number>;

/** One byte after another, a latin1 string a word, one `Map`. */
const plainLoop = (text: Buffer): WordCounts => {
  const counts = new Map<string, number>();
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const byte = at < text.length ? text[at]! : 32;
    if (byte !== 32 && (byte < 9 || byte > 13)) continue;
    if (at > start) {
      const word = text.toString("latin1", start, at);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    start = at + 1;
  }
  return counts;
};

/** Counts by code; grows with the dictionary. */
class CodeCounts {
  #counts = new Uint32Array(1024);

  add(codes: Uint32Array, dictionarySize: number): void {
    if (dictionarySize > this.#counts.length) {
      const grown = new Uint32Array(dictionarySize * 2);
      grown.set(this.#counts);
      this.#counts = grown;
    }
    const counts = this.#counts;
    for (let index = 0; index < codes.length; index++) counts[codes[index]!]!++;
  }

  byWord(kernel: TextKernel): WordCounts {
    const bytes = Buffer.from(kernel.dictionaryBytes());
    const offsets = kernel.dictionaryOffsets();
    return new Map(
      Array.from({ length: kernel.dictionarySize }, (_, code) => [
        bytes.toString("latin1", offsets[code], offsets[code + 1]),
        this.#counts[code]!,
      ]),
    );
  }
}

/** Feeds the kernel piece by piece; `ms` is the time of filling and splitting, or of splitting alone. */
const pieces = (fill: (space: Uint8Array, at: number) => void, splitOnly: boolean, counts?: CodeCounts) => {
  const kernel = createTextKernel();
  let ms = 0;
  for (let at = 0; at < text.length; at += PIECE_BYTES) {
    const bytes = Math.min(PIECE_BYTES, text.length - at);
    const began = performance.now();
    fill(kernel.space(bytes), at);
    const filled = performance.now();
    kernel.split("words", bytes, at + bytes === text.length);
    ms += performance.now() - (splitOnly ? filled : began);
    counts?.add(kernel.codes(), kernel.dictionarySize);
    kernel.clearCodes();
  }
  return { kernel, ms };
};

const blocks = async (): Promise<number> => {
  const kernel = createTextKernel();
  const source = {
    bytes: text.length,
    read: (offset: number, into: Uint8Array) => readSync(file, into, 0, into.length, offset),
  };
  const began = performance.now();
  for (const block of planBlocks([text.length])) {
    kernel.reset();
    await scanBlock(source, block, kernel, "words", () => {});
  }
  return performance.now() - began;
};

const timeOf = (body: () => unknown): number => {
  const began = performance.now();
  body();
  return performance.now() - began;
};

const generated = zipfText({ bytes: textBytes });
const text = Buffer.from(generated.buffer, generated.byteOffset, generated.length);
const folder = mkdtempSync(join(tmpdir(), "eau2-bench-"));
const path = join(folder, "zipf.txt");
writeFileSync(path, text);
const file = openSync(path, "r");
try {
  const fromMemory = (space: Uint8Array, at: number): void => space.set(text.subarray(at, at + space.length));
  const fromFile = (space: Uint8Array, at: number): void => void readSync(file, space, 0, space.length, at);

  const began = performance.now();
  const expected = plainLoop(text);
  const plainMs = performance.now() - began;
  let wordCount = 0;
  for (const count of expected.values()) wordCount += count;
  const counts = new CodeCounts();
  const counted = counts.byWord(pieces(fromFile, false, counts).kernel);
  if (counted.size !== expected.size)
    throw new Error(`${counted.size} distinct words, a plain loop has ${expected.size}`);
  for (const [word, count] of expected) {
    if (counted.get(word) !== count) throw new Error(`"${word}": ${counted.get(word)}, a plain loop has ${count}`);
  }

  const best = new Map<string, number>([["plain loop and Map", plainMs]]);
  const note = (name: string, ms: number): void => void best.set(name, Math.min(ms, best.get(name) ?? Infinity));
  for (let round = 0; round < ROUNDS; round++) {
    note("kernel alone", pieces(fromMemory, true).ms);
    note("readSync and kernel", pieces(fromFile, false).ms);
    note(
      "readSync, kernel and counts",
      timeOf(() => pieces(fromFile, false, new CodeCounts())),
    );
    note("scanBlock over all blocks, a dictionary each", await blocks());
  }
  const megabytes = text.length / 1e6;
  const meanBytes = text.length / wordCount - 1;
  console.log(
    `${megabytes.toFixed(0)} MB, ${wordCount} words of ${meanBytes.toFixed(1)} bytes, ${expected.size} distinct; answers agree`,
  );
  for (const [name, ms] of best) {
    const nsPerWord = ((ms * 1e6) / wordCount).toFixed(1);
    console.log(
      `${name.padEnd(46)}${ms.toFixed(0).padStart(6)} ms ${nsPerWord.padStart(6)} ns/word ` +
        `${((megabytes / ms) * 1000).toFixed(0).padStart(5)} MB/s ${(plainMs / ms).toFixed(1).padStart(5)} x the plain loop`,
    );
  }
} finally {
  closeSync(file);
  rmSync(folder, { recursive: true });
}
