/** Words of sort keys are in the order of the rows that they stand for. */
import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import fc from "fast-check";
import { accessOf } from "../../src/aggregates/column-access.js";
import { columnFromValues } from "../../src/column/column-from-values.js";
import { sortByNumber } from "../../src/kernels/sort-by-number.js";
import { sortByWord } from "../../src/kernels/sort-by-word.js";
import { compareWords, packSortKeys, sortLayout } from "../../src/sort/sort-keys.js";
import type { SortField } from "../../src/sort/sort-spec.js";
import { chooseSplitters, rangesOf, splitByRange } from "../../src/sort/split-by-range.js";

const SEED = 20_261_126;

interface Row {
  readonly small: number | null;
  readonly float: number | null;
  readonly wide: bigint | null;
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });
const row: fc.Arbitrary<Row> = fc.record({
  small: maybe(fc.integer({ min: -2, max: 2 })),
  float: maybe(fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Number.NEGATIVE_INFINITY))),
  wide: maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
});
const direction = fc.record({ descending: fc.boolean(), nullsFirst: fc.boolean() });

const compareValues = (a: number | bigint, b: number | bigint): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1;
  return a < b ? -1 : a > b ? 1 : 0;
};

const compareCells = (
  a: number | bigint | null,
  b: number | bigint | null,
  { descending, nullsFirst }: { readonly descending: boolean; readonly nullsFirst: boolean },
): number => {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1;
  return descending ? compareValues(b, a) : compareValues(a, b);
};

const NAMES = ["small", "float", "wide"] as const;

const wordsOf = (
  rows: readonly Row[],
  names: readonly (keyof Row)[],
  directions: readonly Omit<SortField, "field">[],
) => {
  const fields = names.map((name, index): SortField => {
    const field =
      name === "small"
        ? ({ kind: "small", min: -2, count: 5, isNullable: true } as const)
        : ({ kind: name, isNullable: true } as const);
    return { field, ...directions[index]! };
  });
  const layout = sortLayout(fields);
  const inputs = names.map((name) => {
    const type = name === "small" ? "int32" : name === "float" ? "float64" : "int64";
    const layoutOf = columnFromValues(type, rows.map((one) => one[name]) as never[]);
    return accessOf(
      { kind: "column", rowCount: rows.length, layout: layoutOf, dictionary: undefined },
      undefined,
      name === "wide",
    );
  });
  const words = layout.words.map(() => new Uint32Array(rows.length));
  packSortKeys(layout, inputs, rows.length, words);
  return words;
};

const sorted = (words: readonly Uint32Array[], count: number): number[] => {
  let order: Uint32Array = Uint32Array.from({ length: count }, (_, index) => index);
  let spare: Uint32Array = new Uint32Array(count);
  for (let word = words.length - 1; word >= 0; word--) {
    if (sortByWord(words[word]!, order, spare) === spare) [order, spare] = [spare, order];
  }
  return [...order];
};

const cases = fc.record({
  rows: fc.array(row, { maxLength: 40 }),
  names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
  directions: fc.array(direction, { minLength: 3, maxLength: 3 }),
});

testSuite("sort keys", (test) => {
  test("words compare as the rows do", () => {
    fc.assert(
      fc.property(cases, ({ rows, names, directions }) => {
        const words = wordsOf(rows, names, directions);
        for (let left = 0; left < rows.length; left++) {
          for (let right = 0; right < rows.length; right++) {
            const wanted = names
              .map((name, index) => compareCells(rows[left]![name], rows[right]![name], directions[index]!))
              .find((difference) => difference !== 0);
            assert.equal(Math.sign(compareWords(words, left, words, right)), wanted ?? 0);
          }
        }
      }),
      { seed: SEED, numRuns: 100, endOnFailure: true },
    );
  });

  test("sorting by words is stable, and ranges put together are the whole order", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 4 }), ({ rows, names, directions }, parts) => {
        const words = wordsOf(rows, names, directions);
        const order = sorted(words, rows.length);
        const wanted = rows.map((_, index) => index).sort((a, b) => compareWords(words, a, words, b) || a - b);
        assert.deepEqual(order, wanted);
        const sample = rows.map((_, index) => ({ words: words.map((word) => word[index]!), row: index }));
        const ranges = rangesOf(chooseSplitters(sample, parts), words.length);
        const range = new Uint8Array(rows.length);
        splitByRange(words, rows.length, ranges, 0, undefined, range);
        const joined = Array.from({ length: parts }, (_, part) =>
          order.filter((index) => range[index] === part),
        ).flat();
        assert.deepEqual(joined, wanted);
      }),
      { seed: SEED, numRuns: 100, endOnFailure: true },
    );
  });

  test("positions are sorted by whole numbers up to 2^53, equal ones keep their order", () => {
    const numbers = fc.array(fc.oneof(fc.nat(5), fc.maxSafeNat()), { maxLength: 60 });
    fc.assert(
      fc.property(numbers, (keys) => {
        const order = Uint32Array.from(keys, (_, index) => index);
        sortByNumber(Float64Array.from(keys), order);
        const wanted = keys.map((_, index) => index).sort((a, b) => keys[a]! - keys[b]! || a - b);
        assert.deepEqual([...order], wanted);
      }),
      { seed: SEED, numRuns: 100, endOnFailure: true },
    );
  });
});
