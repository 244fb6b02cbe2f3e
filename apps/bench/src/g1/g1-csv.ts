/** The table as CSV, byte by byte as R's fwrite would write it: no quotes, null is empty, decimals without zeros at the end. */
import { G1_COLUMNS, G1_NULL, type G1Columns, type G1Shape, G1Table } from "./g1-table.js";

/** Bytes of a line at most: two ids of 12, four of 10 digits, values of 1, 2 and 9, separators. */
const LINE_BYTES_MAX = 128;
const ZERO = 48;
const COMMA = 44;
const NEWLINE = 10;
const POINT = 46;
const MILLION = 1_000_000;
/** Smaller ones (of v3, in millionths) are shorter with an exponent. */
const EXPONENT_BELOW = 100;
const ID_WIDTHS = [3, 3, 10];
const encoder = new TextEncoder();

/** Writes the digits of `value`, at least `width` of them. @returns where they end */
const putDigits = (block: Uint8Array, at: number, value: number, width: number): number => {
  let digits = 1;
  for (let limit = 10; digits < width || value >= limit; limit *= 10) digits++;
  const end = at + digits;
  for (let left = value | 0, to = end; to > at; ) {
    const rest = (left / 10) | 0;
    block[--to] = ZERO + left - rest * 10;
    left = rest;
  }
  return end;
};

const putMillionths = (block: Uint8Array, at: number, value: number): number => {
  if (value < EXPONENT_BELOW && value > 0) {
    return at + encoder.encodeInto((value / MILLION).toExponential().replace("e-", "e-0"), block.subarray(at)).written;
  }
  const whole = (value / MILLION) | 0;
  const pointAt = putDigits(block, at, whole, 1);
  const fraction = value - whole * MILLION;
  if (fraction === 0) return pointAt;
  block[pointAt] = POINT;
  let end = putDigits(block, pointAt + 1, fraction, 6);
  while (block[end - 1] === ZERO) end--;
  return end;
};

export class G1Csv {
  readonly #batches: Iterator<{ columns: G1Columns; rowCount: number }>;
  #columns: G1Columns = [];
  #row = 0;
  #rowCount = 0;
  #isHeaderWritten = false;

  constructor(shape: G1Shape) {
    this.#batches = new G1Table(shape).batches();
  }

  /** Fills `into` with whole lines. @returns bytes written; 0 when there are no more lines. */
  fill(into: Uint8Array): number {
    let at = 0;
    if (!this.#isHeaderWritten) {
      at = encoder.encodeInto(`${G1_COLUMNS.join(",")}\n`, into).written;
      this.#isHeaderWritten = true;
    }
    while (into.length - at >= LINE_BYTES_MAX) {
      if (this.#row === this.#rowCount && !this.#nextBatch()) break;
      at = this.#putLines(into, at);
    }
    return at;
  }

  #nextBatch(): boolean {
    const next = this.#batches.next();
    if (next.done === true) return false;
    ({ columns: this.#columns, rowCount: this.#rowCount } = next.value);
    this.#row = 0;
    return true;
  }

  /** Writes lines of this batch until it ends or one might not fit. */
  #putLines(into: Uint8Array, from: number): number {
    const [id1, id2, id3, id4, id5, id6, v1, v2, v3] = this.#columns as Int32Array[];
    const strings = [id1!, id2!, id3!];
    const numbers = [id4!, id5!, id6!, v1!, v2!];
    let at = from;
    let row = this.#row;
    for (; row < this.#rowCount && into.length - at >= LINE_BYTES_MAX; row++) {
      for (let index = 0; index < strings.length; index++) {
        const value = strings[index]![row]!;
        if (value !== G1_NULL) {
          into[at++] = 105; // i
          into[at++] = 100; // d
          at = putDigits(into, at, value, ID_WIDTHS[index]!);
        }
        into[at++] = COMMA;
      }
      for (let index = 0; index < numbers.length; index++) {
        const value = numbers[index]![row]!;
        if (value !== G1_NULL) at = putDigits(into, at, value, 1);
        into[at++] = COMMA;
      }
      const value = v3![row]!;
      if (value !== G1_NULL) at = putMillionths(into, at, value);
      into[at++] = NEWLINE;
    }
    this.#row = row;
    return at;
  }
}
