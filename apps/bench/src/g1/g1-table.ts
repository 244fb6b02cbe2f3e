/**
 * The table of the group-by task of db-benchmark, from a seed. Of N rows and k:
 *
 *   id1, id2   one of k strings              id4, id5   1 to k
 *   id3        one of N/k strings            id6        1 to N/k
 *   v1         1 to 5                        v2         1 to 15            v3   0 to 100, of six decimals
 *
 * With p percent of nulls, p percent of the different values of each id are null wherever they would stand, and so many
 * rows of each of v1, v2 and v3. Sorted means by id1 to id6, nulls first.
 * @see https://github.com/duckdblabs/db-benchmark, _data/groupby-datagen.R
 */
import { Random } from "./random.js";

export interface G1Shape {
  readonly rows: number;
  readonly k: number;
  /** 0 to 100. */
  readonly nullsPercent: number;
  readonly isSorted: boolean;
  readonly seed: number;
}

/** As db-benchmark names such data, and the seed: `G1_1e7_1e2_0_0-1`. */
export const g1Name = ({ rows, k, nullsPercent, isSorted, seed }: G1Shape): string => {
  const short = (count: number) => count.toExponential().replace("+", "");
  return `G1_${short(rows)}_${short(k)}_${nullsPercent}_${isSorted ? 1 : 0}-${seed}`;
};

export const G1_COLUMNS = ["id1", "id2", "id3", "id4", "id5", "id6", "v1", "v2", "v3"] as const;
const ID_COUNT = 6;
/** What stands for null: ids and v1, v2 begin at 1, v3 at 0. */
export const G1_NULL = -1;
/** v3 is in millionths here. */
const V3_LIMIT = 100_000_000;

/** As many values of each column, those of strings as their numbers. */
export type G1Columns = readonly Int32Array[];

type Fill = (into: Int32Array, count: number) => void;

/** Two streams for each column, so that nulls in it change no other value, there or elsewhere. */
class ColumnRandom {
  readonly values: Random;
  readonly nulls: Random;

  constructor(seed: number, column: number) {
    this.values = new Random(seed, 2 * column);
    this.nulls = new Random(seed, 2 * column + 1);
  }
}

const idColumn = (limit: number, nullsPercent: number, random: ColumnRandom): Fill => {
  const values = Int32Array.from({ length: limit }, (_, index) => index + 1);
  const nulls = Math.floor((limit * nullsPercent) / 100);
  // The begin of a Fisher-Yates shuffle says which values are null.
  const positions = values.map((_, index) => index);
  for (let done = 0; done < nulls; done++) {
    const chosen = done + random.nulls.below(limit - done);
    values[positions[chosen]!] = G1_NULL;
    positions[chosen] = positions[done]!;
  }
  return (into, count) => {
    for (let row = 0; row < count; row++) into[row] = values[random.values.below(limit)]!;
  };
};

/** Selection sampling (Knuth, TAOCP 2, 3.4.2 S) makes exactly `nulls` of `rows` values null. */
const valueColumn = (least: number, range: number, rows: number, nulls: number, random: ColumnRandom): Fill => {
  let rowsLeft = rows;
  let nullsLeft = nulls;
  return (into, count) => {
    for (let row = 0; row < count; row++, rowsLeft--) {
      const value = least + random.values.below(range);
      const isNull = nullsLeft > 0 && random.nulls.below(rowsLeft) < nullsLeft;
      if (isNull) nullsLeft--;
      into[row] = isNull ? G1_NULL : value;
    }
  };
};

/** Rows in the order of their columns: stable counting sorts, the last column first. */
const sortedOrder = (columns: G1Columns, rows: number): Int32Array => {
  let order = Int32Array.from({ length: rows }, (_, row) => row);
  for (const column of columns.slice(0, ID_COUNT).toReversed()) {
    const largest = column.reduce((most, value) => Math.max(most, value), 0);
    const starts = new Int32Array(largest + 2 - G1_NULL);
    for (const value of column) starts[value - G1_NULL + 1]!++;
    for (let slot = 1; slot < starts.length; slot++) starts[slot]! += starts[slot - 1]!;
    const next = new Int32Array(rows);
    for (const row of order) next[starts[column[row]! - G1_NULL]!++] = row;
    order = next;
  }
  return order;
};

const emptyColumns = (rows: number): G1Columns => G1_COLUMNS.map(() => new Int32Array(rows));

export class G1Table {
  readonly #fills: readonly Fill[];
  #rowsLeft: number;

  constructor(readonly shape: G1Shape) {
    const { rows, k, nullsPercent, seed } = shape;
    const groups = Math.max(1, Math.floor(rows / k));
    const nulls = Math.floor((rows * nullsPercent) / 100);
    const ids = [k, k, groups, k, k, groups].map((limit, index) =>
      idColumn(limit, nullsPercent, new ColumnRandom(seed, index)),
    );
    const values = [
      { least: 1, range: 5 },
      { least: 1, range: 15 },
      { least: 0, range: V3_LIMIT },
    ].map(({ least, range }, index) =>
      valueColumn(least, range, rows, nulls, new ColumnRandom(seed, ids.length + index)),
    );
    this.#fills = [...ids, ...values];
    this.#rowsLeft = rows;
  }

  /** All rows once, in parts: of `batchRows`, or sorted in one part, which takes 44 bytes a row. */
  *batches(batchRows = 65_536): Generator<{ columns: G1Columns; rowCount: number }> {
    if (this.shape.isSorted) {
      const { rows } = this.shape;
      const drawn = emptyColumns(rows);
      this.#fill(drawn, rows);
      const order = sortedOrder(drawn, rows);
      yield { columns: drawn.map((column) => order.map((row) => column[row]!)), rowCount: rows };
      return;
    }
    const columns = emptyColumns(batchRows);
    while (this.#rowsLeft > 0) {
      const rowCount = Math.min(batchRows, this.#rowsLeft);
      this.#fill(columns, rowCount);
      yield { columns, rowCount };
    }
  }

  #fill(columns: G1Columns, rowCount: number): void {
    for (const [index, fill] of this.#fills.entries()) fill(columns[index]!, rowCount);
    this.#rowsLeft -= rowCount;
  }
}
