/** Which range each row belongs to: binary search among the splitters, by words and, among equal keys, by row number. */
import type { Splitter } from "./sort-spec.js";

type SplitLoop = (
  count: number,
  words: readonly Uint32Array[],
  bounds: readonly Uint32Array[],
  boundRows: Float64Array,
  firstRow: number,
  rows: Uint32Array | undefined,
  out: Uint8Array,
) => void;

const loops = new Map<string, SplitLoop>();

const splitLoop = (wordCount: number, hasRows: boolean): SplitLoop => {
  const key = `${wordCount} ${hasRows}`;
  let loop = loops.get(key);
  if (loop === undefined) {
    const indices = Array.from({ length: wordCount }, (_, index) => index);
    // Whether the row belongs behind the splitter at `m`.
    const isBehind = indices.reduceRight(
      (rest, index) => `(w${index} > s${index}[m] || (w${index} === s${index}[m] && ${rest}))`,
      "row >= r[m]",
    );
    const source = `"use strict"; return function splitByRange(count, words, bounds, r, firstRow, rows, out) {
${indices.map((index) => `const k${index} = words[${index}], s${index} = bounds[${index}];`).join(" ")}
const last = r.length;
for (let i = 0; i < count; i++) {
${indices.map((index) => `const w${index} = k${index}[i];`).join(" ")}
const row = firstRow + ${hasRows ? "rows[i]" : "i"};
let low = 0, high = last;
while (low < high) { const m = (low + high) >>> 1; if (${isBehind}) low = m + 1; else high = m; }
out[i] = low;
} };`;
    loop = new Function(source)() as SplitLoop;
    loops.set(key, loop);
  }
  return loop;
};

export interface Ranges {
  readonly bounds: readonly Uint32Array[];
  readonly rows: Float64Array;
}

export const rangesOf = (splitters: readonly Splitter[], wordCount: number): Ranges => ({
  bounds: Array.from({ length: wordCount }, (_, word) => Uint32Array.from(splitters, ({ words }) => words[word]!)),
  rows: Float64Array.from(splitters, ({ row }) => row),
});

/** @param out - the range of each row, from 0. */
export const splitByRange = (
  words: readonly Uint32Array[],
  count: number,
  { bounds, rows: boundRows }: Ranges,
  firstRow: number,
  rows: Uint32Array | undefined,
  out: Uint8Array,
): void => {
  if (boundRows.length === 0) out.fill(0, 0, count);
  else splitLoop(words.length, rows !== undefined)(count, words, bounds, boundRows, firstRow, rows, out);
};

/**
 * Splitters that cut a sample into parts of equal size.
 * @param sample - words and row of each; reordered.
 */
export const chooseSplitters = (sample: Splitter[], partitionCount: number): Splitter[] => {
  sample.sort((a, b) => {
    for (let word = 0; word < a.words.length; word++) {
      const difference = a.words[word]! - b.words[word]!;
      if (difference !== 0) return difference;
    }
    return a.row - b.row;
  });
  const splitters: Splitter[] = [];
  for (let part = 1; part < partitionCount; part++) {
    const splitter = sample[Math.floor((part * sample.length) / partitionCount)];
    if (splitter !== undefined) splitters.push(splitter);
  }
  return splitters;
};
