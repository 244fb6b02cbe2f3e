/**
 * All values of the groups of a partition, for the aggregates that no small state is enough for: quantiles, modes, different values, and
 * long lists of the greatest.
 */
import { quantileOf } from "../kernels/select.js";
import type { RowArray, RowsBlock } from "./group-block.js";
import { GroupTable } from "./group-table.js";
import type { RowWitness } from "./merge-groups.js";

interface Run {
  readonly block: RowsBlock;
  readonly start: number;
  readonly count: number;
}

/** The values of an input group by group: those of group `g` from `starts[g]` up to `starts[g + 1]`. */
export interface ValuesByGroup {
  readonly starts: Uint32Array;
  readonly values: Float64Array;
}

export class GatheredValues implements RowWitness {
  readonly #runs: Run[] = [];
  readonly #groups: Uint32Array;
  #rowCount = 0;

  /** @param rowCount - rows that will be seen. */
  constructor(rowCount: number) {
    this.#groups = new Uint32Array(rowCount);
  }

  see(block: RowsBlock, start: number, count: number, groups: Uint32Array): void {
    this.#groups.set(groups.subarray(0, count), this.#rowCount);
    this.#rowCount += count;
    this.#runs.push({ block, start, count });
  }

  /** Values of an input, 64-bit integers as the nearest doubles; nulls are left out. */
  byGroup(input: number, groupCount: number): ValuesByGroup {
    const starts = new Uint32Array(groupCount + 1);
    this.#each(input, (groups, isValid) => countValid(groups, isValid, starts));
    for (let group = 0; group < groupCount; group++) starts[group + 1]! += starts[group]!;
    const next = starts.slice();
    const values = new Float64Array(starts[groupCount]!);
    this.#each(input, (groups, isValid, from) => placeValid(groups, isValid, from, next, values));
    return { starts, values };
  }

  /**
   * The different values of each group.
   * @returns for each of them its group, how often it occurs, the row where it is first, and its value's halves.
   */
  distinct(input: number): DistinctValues {
    const table = new GroupTable(3);
    const found: DistinctValues = { groups: [], counts: [], lows: [], highs: [] };
    let numbers = new Uint32Array(0);
    this.#eachWords(input, (words, count) => {
      if (numbers.length < count) numbers = new Uint32Array(count);
      table.findOrAdd(words, count, numbers);
      for (let row = 0; row < count; row++) {
        const number = numbers[row]!;
        if (number === found.counts.length) {
          found.groups.push(words[2]![row]!);
          found.lows.push(words[0]![row]!);
          found.highs.push(words[1]![row]!);
          found.counts.push(1);
        } else found.counts[number]!++;
      }
    });
    return found;
  }

  /** Whether an input is one of 64-bit integers. */
  isWide(input: number): boolean {
    return this.#runs.some(({ block }) => block.inputs[input]!.isWide);
  }

  #each(
    input: number,
    visit: (groups: Uint32Array, isValid: Uint8Array | undefined, values: Float64Array) => void,
  ): void {
    let at = 0;
    for (const { block, start, count } of this.#runs) {
      const { isValid, values, isWide } = block.inputs[input]!;
      const groups = this.#groups.subarray(at, at + count);
      visit(groups, isValid?.subarray(start, start + count), numbersOf(values, isWide, start, count));
      at += count;
    }
  }

  /** Values as bits (equal values have equal ones) with their group, without nulls. */
  #eachWords(
    input: number,
    visit: (words: readonly [Uint32Array, Uint32Array, Uint32Array], count: number) => void,
  ): void {
    let at = 0;
    for (const { block, start, count } of this.#runs) {
      const { isValid, values, isWide } = block.inputs[input]!;
      const words = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)] as const;
      const number = new Float64Array(1);
      const halves = new Uint32Array(number.buffer);
      let kept = 0;
      for (let row = 0; row < count; row++) {
        if (isValid !== undefined && isValid[start + row] === 0) continue;
        if (isWide) {
          words[0][kept] = values[(start + row) * 2]!;
          words[1][kept] = values[(start + row) * 2 + 1]!;
        } else {
          const value = values[start + row]! + 0; // -0 is 0
          number[0] = Number.isNaN(value) ? Number.NaN : value;
          words[0][kept] = halves[0]!;
          words[1][kept] = halves[1]!;
        }
        words[2][kept++] = this.#groups[at + row]!;
      }
      visit(words, kept);
      at += count;
    }
  }
}

/** In order of first appearance. */
export interface DistinctValues {
  readonly groups: number[];
  readonly counts: number[];
  readonly lows: number[];
  readonly highs: number[];
}

const WORD = 2 ** 32;

/** The values of some rows as doubles: in place where they are. */
const numbersOf = (values: RowArray, isWide: boolean, start: number, count: number): Float64Array => {
  if (values instanceof Float64Array) return values.subarray(start, start + count);
  const numbers = new Float64Array(count);
  if (isWide) widen(values as Int32Array, start, numbers);
  else numbers.set(values.subarray(start, start + count));
  return numbers;
};

const widen = (halves: Int32Array, start: number, into: Float64Array): void => {
  for (let row = 0; row < into.length; row++) {
    const at = (start + row) * 2;
    into[row] = halves[at + 1]! * WORD + (halves[at]! >>> 0);
  }
};

const countValid = (groups: Uint32Array, isValid: Uint8Array | undefined, starts: Uint32Array): void => {
  for (let row = 0; row < groups.length; row++) {
    if (isValid === undefined || isValid[row] !== 0) starts[groups[row]! + 1]!++;
  }
};

const placeValid = (
  groups: Uint32Array,
  isValid: Uint8Array | undefined,
  from: Float64Array,
  next: Uint32Array,
  values: Float64Array,
): void => {
  for (let row = 0; row < groups.length; row++) {
    if (isValid === undefined || isValid[row] !== 0) values[next[groups[row]!]!++] = from[row]!;
  }
};

/** The quantile of each group; null (undefined) for those without values. */
export const quantiles = ({ starts, values }: ValuesByGroup, fraction: number, group: number): number | undefined => {
  const [from, to] = [starts[group]!, starts[group + 1]!];
  return from === to ? undefined : quantileOf(values, from, to, fraction);
};
