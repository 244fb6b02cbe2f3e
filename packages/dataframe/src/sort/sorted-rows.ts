/** The rows of a range, in order: columns side by side, and the positions that sort them. */
import { bitmapByteLength, type ColumnLayout, encodeCodes, encodeIntegers, setBit } from "@eau2/serialization";
import type { ScalarType } from "../expression/expression.js";
import { encodeValues } from "../group/encode-values.js";
import type { RowArray, RowsBlock } from "../group/group-block.js";
import { sortByWord } from "../kernels/sort-by-word.js";
import { type BlockRun, runsInOrder } from "./merge-runs.js";

export class SortedRows {
  readonly rowCount: number;
  readonly #blocks: readonly RowsBlock[];
  readonly #runs: readonly BlockRun[];
  readonly #order: Uint32Array;
  /** Columns put together, once they are asked for. */
  readonly #columns = new Map<number, { readonly values: RowArray; readonly isValid: Uint8Array | undefined }>();

  constructor(blocks: readonly RowsBlock[], wordCount: number) {
    this.#blocks = blocks;
    this.#runs = runsInOrder(blocks);
    this.rowCount = blocks.reduce((sum, { count }) => sum + count, 0);
    let order: Uint32Array = new Uint32Array(this.rowCount);
    for (let row = 0; row < order.length; row++) order[row] = row;
    let spare: Uint32Array = new Uint32Array(this.rowCount);
    const words = new Uint32Array(this.rowCount);
    for (let word = wordCount - 1; word >= 0; word--) {
      this.#join(words, 1, (block) => block.words[word]!);
      const sorted = sortByWord(words, order, spare);
      if (sorted === spare) [order, spare] = [spare, order];
    }
    this.#order = order;
  }

  /** Rows [from, to) of the order. */
  column(input: number, type: ScalarType, from: number, to: number, dictionarySize: number): ColumnLayout {
    const { values, isValid } = this.#column(input);
    const order = this.#order.subarray(from, to);
    const count = order.length;
    const validity = isValid === undefined ? undefined : pickBits(isValid, order);
    if (this.#blocks[0]!.inputs[input]!.isWide) {
      return encodeIntegers(type as "int64", pickWide(values as Int32Array, order), count, validity);
    }
    switch (type) {
      case "utf8":
        return encodeCodes(pick(values, order, new Uint32Array(count)), dictionarySize, count, validity);
      case "boolean":
      case "float32":
      case "float64":
        return encodeValues(type, pick(values, order, new Float64Array(count)), validity, 0);
      default:
        return values instanceof Float64Array
          ? encodeIntegers(type, pick(values, order, new Float64Array(count)), count, validity)
          : encodeIntegers(type, pick(values, order, new Int32Array(count)), count, validity);
    }
  }

  #column(input: number): { readonly values: RowArray; readonly isValid: Uint8Array | undefined } {
    const known = this.#columns.get(input);
    if (known !== undefined) return known;
    const { values: first, isWide, isValid: firstValid } = this.#blocks[0]!.inputs[input]!;
    const width = isWide ? 2 : 1;
    const values = new (first.constructor as new (length: number) => RowArray)(this.rowCount * width);
    this.#join(values, width, (block) => block.inputs[input]!.values);
    const isValid = firstValid === undefined ? undefined : new Uint8Array(this.rowCount);
    if (isValid !== undefined) this.#join(isValid, 1, (block) => block.inputs[input]!.isValid!);
    const column = { values, isValid };
    this.#columns.set(input, column);
    return column;
  }

  /** An array of all blocks, in the order of their rows. */
  #join(into: RowArray, width: number, arrayOf: (block: RowsBlock) => RowArray): void {
    let at = 0;
    for (const { block, start, end } of this.#runs) {
      into.set(arrayOf(this.#blocks[block]!).subarray(start * width, end * width), at);
      at += (end - start) * width;
    }
  }
}

const pick = <Into extends RowArray>(values: RowArray, order: Uint32Array, into: Into): Into => {
  for (let row = 0; row < order.length; row++) into[row] = values[order[row]!]!;
  return into;
};

const pickWide = (halves: Int32Array, order: Uint32Array): BigInt64Array => {
  const into = new Int32Array(order.length * 2);
  for (let row = 0; row < order.length; row++) {
    into[row * 2] = halves[order[row]! * 2]!;
    into[row * 2 + 1] = halves[order[row]! * 2 + 1]!;
  }
  return new BigInt64Array(into.buffer);
};

const pickBits = (isValid: Uint8Array, order: Uint32Array): Uint8Array => {
  const bits = new Uint8Array(bitmapByteLength(order.length));
  for (let row = 0; row < order.length; row++) if (isValid[order[row]!] !== 0) setBit(bits, row);
  return bits;
};
