/** What kernels that collect rows of columns (assembly/columns.as) have in common. */
import { bitmapByteLength } from "@eau2/serialization";
import { BAD_ROWS_MAX, ROW_FAULTS } from "../text/bad-rows.js";
import { powersOfFive } from "./powers-of-five.js";
import {
  type BadRowPlace,
  ROW_COLUMN_TYPES,
  type RowColumn,
  type RowColumnType,
  type RowDictionary,
  type RowKernel,
} from "./row-kernel-types.js";
import {
  type KernelExports,
  type KernelHolding,
  type KernelModule,
  type KernelOptions,
  WasmKernel,
} from "./wasm-kernel.js";

/** What their assembly exports. */
export interface RowExports extends KernelExports {
  powersOfFive(): number;
  setType(column: number, type: number): void;
  layOut(): void;
  beginBlock(): void;
  leftBase(): number;
  leftEnd(): number;
  rowCount(): number;
  finishRows(): void;
  clearRows(): void;
  valuesOf(column: number): number;
  validityOf(column: number): number;
  nullCountOf(column: number): number;
  lineCount(): number;
  blockRowCount(): number;
  badRowCount(): number;
  badRowsBase(): number;
  blockValuesOf(column: number): number;
  useDictionary(column: number): void;
  dictionarySize(): number;
  dictionaryBytesUsed(): number;
  dictionaryBytesBase(): number;
  dictionaryOffsetsBase(): number;
  blockDistinct(): number;
  dictionariesBytes(): number;
}

export abstract class WasmRowKernel<Exports extends RowExports> extends WasmKernel<Exports> implements RowKernel {
  #types: readonly (RowColumnType | undefined)[] = [];

  constructor(module: KernelModule, options: KernelOptions) {
    super(module, options);
    const powers = powersOfFive();
    new BigUint64Array(this.wasm.memory.buffer, this.wasm.powersOfFive() >>> 0, powers.length).set(powers);
  }

  /**
   * Takes up columns, of which the undefined ones are read past.
   * @param reset - the assembly's own, given how many columns and how many of strings there are.
   */
  protected layOut(
    types: readonly (RowColumnType | undefined)[],
    reset: (columnCount: number, textCount: number) => void,
  ): void {
    this.#types = types;
    this.takeSpace(0);
    reset(types.length, types.filter((type) => type === "utf8").length);
    types.forEach((type, column) => {
      this.wasm.setType(column, type === undefined ? ROW_COLUMN_TYPES.length : ROW_COLUMN_TYPES.indexOf(type));
    });
    this.wasm.layOut();
  }

  beginBlock(): void {
    this.wasm.beginBlock();
  }

  get rowCount(): number {
    return this.wasm.rowCount() >>> 0;
  }

  takeRows(): RowColumn[] {
    this.wasm.finishRows();
    const { rowCount } = this;
    return this.#types.flatMap((type, column) => (type === undefined ? [] : [this.#column(type, column, rowCount)]));
  }

  #column(type: RowColumnType, column: number, rowCount: number): RowColumn {
    const { buffer } = this.wasm.memory;
    const bitmapBytes = bitmapByteLength(rowCount);
    const address = this.wasm.valuesOf(column) >>> 0;
    const hasNulls = this.wasm.nullCountOf(column) !== 0;
    const validity = hasNulls ? new Uint8Array(buffer, this.wasm.validityOf(column) >>> 0, bitmapBytes) : undefined;
    switch (type) {
      case "boolean":
        return { type, validity, values: new Uint8Array(buffer, address, bitmapBytes) };
      case "int64":
      case "timestamp":
        return { type, validity, values: new BigInt64Array(buffer, address, rowCount) };
      case "float64":
        return { type, validity, values: new Float64Array(buffer, address, rowCount) };
      case "utf8":
      case "date":
        return { type, validity, values: new Int32Array(buffer, address, rowCount) };
      default:
        return type satisfies never;
    }
  }

  clearRows(): void {
    this.wasm.clearRows();
  }

  get lineCount(): number {
    return this.wasm.lineCount() >>> 0;
  }

  get blockRowCount(): number {
    return this.wasm.blockRowCount() >>> 0;
  }

  get badRowCount(): number {
    return this.wasm.badRowCount() >>> 0;
  }

  badRows(): BadRowPlace[] {
    const count = Math.min(BAD_ROWS_MAX, this.badRowCount);
    const words = new Uint32Array(this.wasm.memory.buffer, this.wasm.badRowsBase() >>> 0, count * 3);
    return Array.from({ length: count }, (_, index) => ({
      line: words[index * 3]!,
      column: words[index * 3 + 1]!,
      fault: ROW_FAULTS[words[index * 3 + 2]! - 1]!,
    }));
  }

  blockStrings(column: number): { readonly rowCount: number; readonly distinct: number } {
    this.#useDictionary(column);
    return { rowCount: this.wasm.blockValuesOf(column) >>> 0, distinct: this.wasm.blockDistinct() >>> 0 };
  }

  dictionary(column: number): RowDictionary {
    this.#useDictionary(column);
    const { buffer } = this.wasm.memory;
    const count = this.wasm.dictionarySize() >>> 0;
    return {
      count,
      offsets: new Uint32Array(buffer, this.wasm.dictionaryOffsetsBase() >>> 0, count + 1),
      values: new Uint8Array(buffer, this.wasm.dictionaryBytesBase() >>> 0, this.wasm.dictionaryBytesUsed() >>> 0),
    };
  }

  get dictionaryBytes(): number {
    return this.wasm.dictionariesBytes();
  }

  #useDictionary(column: number): void {
    if (this.#types[column] !== "utf8")
      throw new Error(`invariant: column ${column} is ${this.#types[column]}, not utf8`);
    this.wasm.useDictionary(column);
  }

  /** Numbers that the kernel does not decide: `Number` of their text. To be called after every parsing. */
  protected parseLeft(): void {
    const end = this.wasm.leftEnd() >>> 0;
    let at = this.wasm.leftBase() >>> 0;
    if (at === end) return;
    const { buffer } = this.wasm.memory;
    const view = new DataView(buffer);
    while (at !== end) {
      const column = view.getUint32(at, true);
      const row = view.getUint32(at + 4, true);
      const length = view.getUint32(at + 8, true);
      const text = asciiOf(new Uint8Array(buffer, at + 12, length));
      view.setFloat64((this.wasm.valuesOf(column) >>> 0) + row * 8, Number(text), true);
      at += Math.ceil((12 + length) / 4) * 4;
    }
  }

  protected holding(): KernelHolding {
    const { length } = this.#types;
    return {
      what: `${length} columns`,
      remedy: "load with fewer rows a chunk (--chunk-rows) or smaller blocks (--block-bytes)",
      details: { columnCount: length },
    };
  }
}

/** Arguments of one call: a number may have megabytes of digits. */
const CHARACTERS_AT_ONCE = 8_192;

const asciiOf = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS_AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS_AT_ONCE));
  }
  return text;
};
