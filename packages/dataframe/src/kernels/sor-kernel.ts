import { bitmapByteLength } from "@eau2/serialization";
import { BAD_ROWS_MAX, SOR_COLUMN_TYPES, SOR_FAULTS, type SorColumnType } from "../sor/sor-types.js";
import { powersOfFive } from "./powers-of-five.js";
import type { SorBadRow, SorColumn, SorDictionary, SorKernel, SorLayout } from "./sor-kernel-types.js";
import { SOR_WASM_BASE64 } from "./sor-wasm.generated.js";
import { type KernelExports, type KernelHolding, KernelModule, type KernelOptions, WasmKernel } from "./wasm-kernel.js";

/** What assembly/sor.ts exports. */
interface SorExports extends KernelExports {
  powersOfFive(): number;
  reset(columns: number, texts: number, chunkRows: number, discards: boolean): void;
  setType(column: number, type: number): void;
  layOut(): void;
  beginBlock(): void;
  parse(added: number, final: boolean): number;
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

const SOR_MODULE = new KernelModule("SoR kernel", SOR_WASM_BASE64);

/** The kernel in WebAssembly (assembly/sor.ts). */
class WasmSorKernel extends WasmKernel<SorExports> implements SorKernel {
  #types: readonly SorColumnType[] = [];

  constructor(options: KernelOptions) {
    super(SOR_MODULE, options);
    const powers = powersOfFive();
    new BigUint64Array(this.wasm.memory.buffer, this.wasm.powersOfFive() >>> 0, powers.length).set(powers);
    this.reset({ types: [], policy: "discard", chunkRows: 1 });
  }

  reset({ types, policy, chunkRows }: SorLayout): void {
    const texts = types.filter((type) => type === "utf8").length;
    this.#types = types;
    this.takeSpace(0);
    this.wasm.reset(types.length, texts, chunkRows, policy !== "null");
    types.forEach((type, column) => {
      this.wasm.setType(column, SOR_COLUMN_TYPES.indexOf(type));
    });
    this.wasm.layOut();
  }

  beginBlock(): void {
    this.wasm.beginBlock();
  }

  parse(added: number, final: boolean): boolean {
    this.takeSpace(added);
    const isFull = this.wasm.parse(added, final) !== 0;
    if (this.wasm.leftEnd() !== this.wasm.leftBase()) this.#parseLeft();
    return isFull;
  }

  get rowCount(): number {
    return this.wasm.rowCount() >>> 0;
  }

  takeRows(): SorColumn[] {
    this.wasm.finishRows();
    const { buffer } = this.wasm.memory;
    const { rowCount } = this;
    const bitmapBytes = bitmapByteLength(rowCount);
    return this.#types.map((type, column): SorColumn => {
      const address = this.wasm.valuesOf(column) >>> 0;
      const hasNulls = this.wasm.nullCountOf(column) !== 0;
      const validity = hasNulls ? new Uint8Array(buffer, this.wasm.validityOf(column) >>> 0, bitmapBytes) : undefined;
      switch (type) {
        case "boolean":
          return { type, validity, values: new Uint8Array(buffer, address, bitmapBytes) };
        case "int64":
          return { type, validity, values: new BigInt64Array(buffer, address, rowCount) };
        case "float64":
          return { type, validity, values: new Float64Array(buffer, address, rowCount) };
        case "utf8":
          return { type, validity, values: new Int32Array(buffer, address, rowCount) };
        default:
          return type satisfies never;
      }
    });
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

  badRows(): SorBadRow[] {
    const count = Math.min(BAD_ROWS_MAX, this.badRowCount);
    const words = new Uint32Array(this.wasm.memory.buffer, this.wasm.badRowsBase() >>> 0, count * 3);
    return Array.from({ length: count }, (_, index) => ({
      line: words[index * 3]!,
      column: words[index * 3 + 1]!,
      fault: SOR_FAULTS[words[index * 3 + 2]! - 1]!,
    }));
  }

  blockStrings(column: number): { readonly rowCount: number; readonly distinct: number } {
    this.#useDictionary(column);
    return { rowCount: this.wasm.blockValuesOf(column) >>> 0, distinct: this.wasm.blockDistinct() >>> 0 };
  }

  dictionary(column: number): SorDictionary {
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

  /** Numbers of more digits than the kernel decides: `Number` of their text. */
  #parseLeft(): void {
    const { buffer } = this.wasm.memory;
    const view = new DataView(buffer);
    const end = this.wasm.leftEnd() >>> 0;
    for (let at = this.wasm.leftBase() >>> 0; at !== end; ) {
      const column = view.getUint32(at, true);
      const row = view.getUint32(at + 4, true);
      const length = view.getUint32(at + 8, true);
      const text = String.fromCharCode(...new Uint8Array(buffer, at + 12, length));
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

/**
 * A SoR kernel without columns: `reset` gives it some.
 * @throws Eau2Error `USAGE` when `bytesMax` is below 1 MiB; `MEMORY_EXCEEDED` when memory for an instance is lacking.
 */
export const createSorKernel = (options: KernelOptions = {}): SorKernel => new WasmSorKernel(options);
