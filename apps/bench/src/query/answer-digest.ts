/**
 * Whether two engines gave the same answer, for tables of any size, whose rows come in any order.
 *
 * Rows go to buckets by the hash of their key. A bucket keeps how many there were and the sum of their hashes, which must be
 * equal, and for each other column the sum of its values, which must be equal to 1e-9. Each value counts with a weight of
 * its row, so that two rows cannot swap theirs. With fewer rows than buckets that compares row by row; of ten million rows,
 * 150 share a bucket, and one value that differs in its seventh digit is found.
 */

export type Cell = string | number | bigint | null;

/** Rows of an answer, column by column. */
export interface Batch {
  readonly rowCount: number;
  readonly columns: readonly ArrayLike<Cell>[];
}

/** What is to be compared of an answer. */
export interface AnswerShape {
  /** So many columns from the left are the key: equal to the last bit. The others are numbers. */
  readonly keyCount: number;
  /** The column that rows must be in the order of, nulls last. */
  readonly sortedBy?: number;
}

/** Plain data: it travels from the process of an engine. */
export interface AnswerDigest {
  readonly rowCount: number;
  /** The first row that comes before its predecessor; null when rows need no order, or have it. */
  readonly orderBrokenAt: number | null;
  readonly rowCounts: Uint32Array;
  /** Modulo 2^32, low and high. */
  readonly hashes: readonly [Uint32Array, Uint32Array];
  readonly values: readonly ValueDigest[];
}

interface ValueDigest {
  readonly sums: Float64Array;
  readonly magnitudes: Float64Array;
  /** Weights of rows without a value; those of not-a-number and the infinities, which would hide all others, several times. */
  readonly nulls: Float64Array;
  readonly specials: Float64Array;
}

const BUCKETS = 65_536;
const TOLERANCE = 1e-9;
/** Of a row: what is 0 for one engine may be a rounding error for another (the answers have values from 0.001 on). */
const NEGLIGIBLE = 1e-12;

const NULL_MARK = 0x9e3779b9;
const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

const mix = (hash: number, word: number): number => {
  const mixed = Math.imul(hash ^ word, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) ^ (mixed >>> 16);
};

/** Of a string by its characters, of a number by its bits as a double, -0 as 0: integers of all widths are equal. */
const mixCell = (hash: number, cell: Cell | undefined): number => {
  if (cell === null || cell === undefined) return mix(hash, NULL_MARK);
  if (typeof cell === "string") {
    let mixed = mix(hash, cell.length);
    for (let at = 0; at < cell.length; at++) mixed = mix(mixed, cell.charCodeAt(at));
    return mixed;
  }
  bits[0] = Number(cell) + 0;
  return mix(mix(hash, words[0]!), words[1]!);
};

/** Two words for each row, from the columns of its key. */
class RowHashes {
  low = new Int32Array(0);
  high = new Int32Array(0);

  constructor(readonly keyCount: number) {}

  hash({ rowCount, columns }: Batch): void {
    if (this.low.length < rowCount) {
      this.low = new Int32Array(rowCount);
      this.high = new Int32Array(rowCount);
    }
    this.low.fill(1);
    this.high.fill(2);
    for (const column of columns.slice(0, this.keyCount)) {
      for (let row = 0; row < rowCount; row++) {
        this.low[row] = mixCell(this.low[row]!, column[row]);
        this.high[row] = mixCell(this.high[row]!, column[row]);
      }
    }
  }

  bucketOf(row: number): number {
    return this.low[row]! & (BUCKETS - 1);
  }
}

const isBefore = (cell: Cell | undefined, previous: Cell | undefined): boolean => {
  if (cell === null || previous === undefined) return false;
  return previous === null || cell! < previous;
};

const addValues = (digest: ValueDigest, column: ArrayLike<Cell>, rowCount: number, hashes: RowHashes): void => {
  for (let row = 0; row < rowCount; row++) {
    const bucket = hashes.bucketOf(row);
    const weight = 0.5 + (hashes.high[row]! >>> 0) / 2 ** 32;
    const cell = column[row];
    if (cell === null || cell === undefined) {
      digest.nulls[bucket]! += weight;
      continue;
    }
    const value = Number(cell);
    if (Number.isFinite(value)) {
      digest.sums[bucket]! += value * weight;
      digest.magnitudes[bucket]! += Math.abs(value);
    } else digest.specials[bucket]! += weight * (Number.isNaN(value) ? 2 : value > 0 ? 3 : 4);
  }
};

export const digestAnswer = async (
  { keyCount, sortedBy }: AnswerShape,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): Promise<AnswerDigest> => {
  const hashes = new RowHashes(keyCount);
  const rowCounts = new Uint32Array(BUCKETS);
  const [low, high] = [new Uint32Array(BUCKETS), new Uint32Array(BUCKETS)];
  const values: ValueDigest[] = [];
  let rows = 0;
  let orderBrokenAt: number | null = null;
  let previous: Cell | undefined;
  for await (const batch of batches) {
    const { rowCount, columns } = batch;
    hashes.hash(batch);
    for (let row = 0; row < rowCount; row++) {
      const bucket = hashes.bucketOf(row);
      rowCounts[bucket]!++;
      low[bucket]! += hashes.low[row]!;
      high[bucket]! += hashes.high[row]!;
    }
    for (const [index, column] of columns.slice(keyCount).entries()) {
      values[index] ??= {
        sums: new Float64Array(BUCKETS),
        magnitudes: new Float64Array(BUCKETS),
        nulls: new Float64Array(BUCKETS),
        specials: new Float64Array(BUCKETS),
      };
      addValues(values[index], column, rowCount, hashes);
    }
    if (sortedBy !== undefined) {
      const column = columns[sortedBy]!;
      for (let row = 0; row < rowCount; row++) {
        if (isBefore(column[row], previous)) orderBrokenAt ??= rows + row;
        previous = column[row];
      }
    }
    rows += rowCount;
  }
  return { rowCount: rows, orderBrokenAt, rowCounts, hashes: [low, high], values };
};

/** How two answers differ, and in which bucket, where it is about one. */
export interface Difference {
  readonly text: string;
  readonly bucket?: number;
}

export interface CompareOptions {
  /** Columns behind the key of which null and 0 are the same: sums, where one engine has it that nothing sums up to 0. */
  readonly nullIsZero?: readonly number[];
}

/** @returns undefined when they are the same. */
export const differenceOf = (
  a: AnswerDigest,
  b: AnswerDigest,
  { nullIsZero = [] }: CompareOptions = {},
): Difference | undefined => {
  if (a.rowCount !== b.rowCount) return { text: `${a.rowCount} rows against ${b.rowCount}` };
  for (const { orderBrokenAt } of [a, b]) {
    if (orderBrokenAt !== null) return { text: `row ${orderBrokenAt} is not in order` };
  }
  if (a.values.length !== b.values.length) return { text: `${a.values.length} values against ${b.values.length}` };
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const haveSameKeys =
      a.rowCounts[bucket] === b.rowCounts[bucket] &&
      a.hashes[0][bucket] === b.hashes[0][bucket] &&
      a.hashes[1][bucket] === b.hashes[1][bucket];
    if (!haveSameKeys) return { text: "different keys", bucket };
  }
  for (const [index, mine] of a.values.entries()) {
    const theirs = b.values[index]!;
    const areNullsCompared = !nullIsZero.includes(index);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const rowCount = a.rowCounts[bucket]!;
      const differs = (figure: keyof ValueDigest, scale: number) =>
        Math.abs(mine[figure][bucket]! - theirs[figure][bucket]!) > TOLERANCE * scale + NEGLIGIBLE * rowCount;
      if (areNullsCompared && differs("nulls", rowCount)) return { text: `different nulls in value ${index}`, bucket };
      if (differs("specials", rowCount)) return { text: `different NaN or infinities in value ${index}`, bucket };
      if (differs("sums", Math.max(mine.magnitudes[bucket]!, theirs.magnitudes[bucket]!))) {
        return { text: `value ${index} differs`, bucket };
      }
    }
  }
  return undefined;
};

/** The rows of a bucket, a few at most: to be looked at when answers differ there. */
export const rowsOfBucket = async (
  { keyCount }: AnswerShape,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  bucket: number,
  limit = 5,
): Promise<Cell[][]> => {
  const hashes = new RowHashes(keyCount);
  const rows: Cell[][] = [];
  for await (const batch of batches) {
    hashes.hash(batch);
    for (let row = 0; row < batch.rowCount && rows.length < limit; row++) {
      if (hashes.bucketOf(row) === bucket) rows.push(batch.columns.map((column) => column[row] ?? null));
    }
    if (rows.length === limit) break;
  }
  return rows.toSorted((a, b) => (String(a.slice(0, keyCount)) < String(b.slice(0, keyCount)) ? -1 : 1));
};
