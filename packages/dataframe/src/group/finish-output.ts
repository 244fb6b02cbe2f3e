/** The columns of a result from keys, states and gathered values. */
import { bitmapByteLength, type ColumnLayout, setBit } from "@eau2/serialization";
import { addPairs, dividePair, multiplyPairs, negatePair, type Pair } from "../aggregates/double-double.js";
import { carryBins, type FloatGrid, powerOfTwo, quantaOf } from "../aggregates/float-grid.js";
import type { StateLayout } from "../aggregates/state-layout.js";
import { floatSum, integerSum, plainSum } from "../aggregates/sum-of-state.js";
import { encodeValues } from "./encode-values.js";
import type { GroupsFound } from "./group-states.js";
import type { KeyLayout } from "./key-layout.js";
import type { GroupOutput } from "./output.js";
import { unpackKey } from "./unpack-keys.js";

/** What a result is made of besides its groups. */
export interface OutputParts {
  readonly keys: KeyLayout;
  readonly layout: StateLayout;
  readonly found: GroupsFound;
  /** For text: the code of each rank, by input. */
  readonly codesOfRanks: ReadonlyMap<number, Uint32Array>;
  /** For each output column: entries of the dictionary it refers to; 0 where it has none. */
  readonly dictionarySizes: readonly number[];
  readonly names: readonly string[];
}

/** Values of a column while it is filled. */
class Filled {
  readonly values: Float64Array;
  #validity: Uint8Array | undefined;

  constructor(private readonly count: number) {
    this.values = new Float64Array(count);
  }

  setNull(row: number): void {
    if (this.#validity === undefined) {
      this.#validity = new Uint8Array(bitmapByteLength(this.count));
      for (let valid = 0; valid < this.count; valid++) setBit(this.#validity, valid);
    }
    this.#validity[row >> 3]! &= ~(1 << (row & 7));
  }

  get validity(): Uint8Array | undefined {
    return this.#validity;
  }
}

type MadeOfStates = Exclude<
  GroupOutput,
  { kind: "quantile" | "countDistinct" | "mode" | "top" | "bottom" | "list" | "key" }
>;

/** @param order - the groups of the rows, by their number among those found. @param column - position of the output. */
export const keyColumn = (
  output: Extract<GroupOutput, { kind: "key" }>,
  column: number,
  order: Uint32Array,
  { keys, found, dictionarySizes }: OutputParts,
): ColumnLayout => {
  const { values, validity } = unpackKey(keys, found.words, output.field, order);
  return encodeValues(output.type, values, validity, dictionarySizes[column]!);
};

export const stateColumn = (
  output: MadeOfStates,
  column: number,
  order: Uint32Array,
  { layout, found, codesOfRanks, dictionarySizes, names }: OutputParts,
): ColumnLayout => {
  const { states } = found;
  const { stride, starts, accumulators } = layout;
  const count = order.length;
  const at = (accumulator: number, row: number) => order[row]! * stride + starts[accumulator]!;
  const sum = (accumulator: number, row: number): Pair =>
    floatSum(accumulators[accumulator]!, states, at(accumulator, row));
  const plain = (accumulator: number, row: number): number =>
    plainSum(accumulators[accumulator]!, states, at(accumulator, row));
  const filled = new Filled(count);
  const { values } = filled;
  const encoded = (type: Parameters<typeof encodeValues>[0]) =>
    encodeValues(type, values, filled.validity, dictionarySizes[column]!);
  switch (output.kind) {
    case "count": {
      for (let row = 0; row < count; row++) values[row] = states[at(output.of, row)]!;
      return encoded("int64");
    }
    case "sum": {
      const isWide = accumulators[output.of]!.kind === "sumWide";
      if (isWide && output.type === "int64") {
        const wide = new BigInt64Array(count);
        for (let row = 0; row < count; row++) {
          if (states[at(output.count, row)]! > 0) wide[row] = integerSum(states, at(output.of, row), names[column]!);
          else filled.setNull(row);
        }
        return encodeValues("int64", wide, filled.validity, 0);
      }
      const accumulator = accumulators[output.of]!;
      if (accumulator.kind === "sumFloat" && accumulator.isFinite && accumulator.grid !== null && output.count === 0) {
        // Groups have rows, and rows have values: nothing is null.
        if (binSums(states, starts[output.of]!, stride, order, accumulator.grid, starts[0]!, values))
          return encoded(output.type);
      }
      for (let row = 0; row < count; row++) {
        // + 0: a sum of nothing but -0 is 0.
        if (states[at(output.count, row)]! > 0) values[row] = plain(output.of, row) + 0;
        else filled.setNull(row);
      }
      return encoded(output.type);
    }
    case "mean": {
      for (let row = 0; row < count; row++) {
        const n = states[at(output.count, row)]!;
        if (n > 0) values[row] = plain(output.of, row) / n + 0;
        else filled.setNull(row);
      }
      return encoded("float64");
    }
    case "value": {
      const accumulator = accumulators[output.of]!;
      // first and last begin with their row.
      const skip = accumulator.kind === "first" || accumulator.kind === "last" ? 1 : 0;
      const isExtreme = skip === 0;
      const codes = output.ranksOf === null ? undefined : codesOfRanks.get(output.ranksOf);
      if ("isWide" in accumulator && accumulator.isWide) {
        const wide = new BigInt64Array(count);
        for (let row = 0; row < count; row++) {
          if (states[at(output.count, row)]! > 0) wide[row] = wideValue(states, at(output.of, row) + skip, 1);
          else filled.setNull(row);
        }
        return encodeValues(output.type, wide, filled.validity, 0);
      }
      for (let row = 0; row < count; row++) {
        if (states[at(output.count, row)]! === 0) {
          filled.setNull(row);
          continue;
        }
        const value = states[at(output.of, row) + skip]!;
        values[row] = codes === undefined ? (isExtreme ? value + 0 : value) : codes[value]!;
      }
      return encoded(output.type);
    }
    case "valueOfRow": {
      const accumulator = accumulators[output.of]!;
      if ("isWide" in accumulator && accumulator.isWide) {
        const wide = new BigInt64Array(count);
        for (let row = 0; row < count; row++) {
          if (states[at(output.of, row) + 3]! === 1) wide[row] = wideValue(states, at(output.of, row) + 1, 3);
          else filled.setNull(row);
        }
        return encodeValues(output.type, wide, filled.validity, 0);
      }
      for (let row = 0; row < count; row++) {
        if (states[at(output.of, row) + 3]! === 1) values[row] = states[at(output.of, row) + 1]!;
        else filled.setNull(row);
      }
      return encoded(output.type);
    }
    case "variance":
    case "stddev": {
      for (let row = 0; row < count; row++) {
        const n = states[at(output.count, row)]!;
        if (n < 2) {
          filled.setNull(row);
          continue;
        }
        const spread = spreadOf(sum(output.sum, row), sum(output.sum, row), sum(output.squares, row), n);
        const variance = Math.max(0, dividePair(spread, n - 1).high);
        values[row] = output.kind === "variance" ? variance : Math.sqrt(variance);
      }
      return encoded("float64");
    }
    case "corr":
    case "covariance":
    case "slope": {
      for (let row = 0; row < count; row++) {
        const n = states[at(output.count, row)]!;
        const value =
          n < (output.kind === "covariance" ? 2 : 1) ? undefined : pairValue(output, n, (of) => sum(of, row));
        if (value === undefined) filled.setNull(row);
        else values[row] = value;
      }
      return encoded("float64");
    }
    default:
      return output satisfies never;
  }
};

/** The sums of bins, group by group, in one loop. @returns false where a group has no rows */
const binSums = (
  states: Float64Array,
  start: number,
  stride: number,
  order: Uint32Array,
  grid: FloatGrid,
  rowsAt: number,
  into: Float64Array,
): boolean => {
  const quanta = quantaOf(grid);
  const last = quanta.length - 1;
  const scale = powerOfTwo(-grid.scaleBits);
  for (let row = 0; row < order.length; row++) {
    const group = order[row]! * stride;
    if (states[group + rowsAt] === 0) return false;
    const at = group + start;
    carryBins(states, at, quanta);
    let sum = 0;
    for (let bin = last; bin >= 0; bin--) sum += states[at + bin]!;
    into[row] = sum * scale + 0;
  }
  return true;
};

const wideValue = (states: Float64Array, highAt: number, lowAfter: number): bigint =>
  (BigInt(states[highAt]!) << 32n) + BigInt(states[highAt + lowAfter]!);

/** What is left of a difference of sums below this share of them is rounding: values that do not vary have no spread. */
const NOISE = 2 ** -76;

/** The sum of (a - mean a)(b - mean b) from sums of a, b and a b. */
const spreadOf = (a: Pair, b: Pair, products: Pair, n: number): Pair => {
  const spread = addPairs(products, negatePair(dividePair(multiplyPairs(a, b), n)));
  return Math.abs(spread.high) <= NOISE * Math.abs(products.high) ? { high: 0, low: 0 } : spread;
};

const pairValue = (
  output: Extract<GroupOutput, { kind: "corr" | "covariance" | "slope" }>,
  n: number,
  sum: (accumulator: number) => Pair,
): number | undefined => {
  const [y, x] = [sum(output.y), sum(output.x)];
  const product = spreadOf(y, x, sum(output.yx), n).high;
  if (output.kind === "covariance") return product / (n - 1);
  const spreadX = spreadOf(x, x, sum(output.xx), n).high;
  // A line through equal x has no slope, and what does not vary does not vary together.
  if (output.kind === "slope") return spreadX === 0 ? Number.NaN : product / spreadX;
  const spreadY = spreadOf(y, y, sum(output.yy), n).high;
  if (spreadX === 0 || spreadY === 0) return Number.NaN;
  return Math.max(-1, Math.min(1, product / (Math.sqrt(spreadX) * Math.sqrt(spreadY))));
};
