import { Eau2Error } from "@eau2/protocol";
import { bitmapByteLength } from "@eau2/serialization";
import { BAD_ROWS_MAX, SOR_COLUMN_TYPES, SOR_FAULTS, type SorColumnType } from "../sor/sor-types.js";
import { powersOfFive } from "./powers-of-five.js";
import type { SorBadRow, SorColumn, SorDictionary, SorKernel, SorLayout } from "./sor-kernel-types.js";
import { SOR_WASM_BASE64 } from "./sor-wasm.generated.js";
import { type WebAssemblyMemory, type WebAssemblyModule, webAssembly } from "./web-assembly.js";

/** What assembly/sor.ts exports. Addresses are u32 and arrive as int32. */
interface SorExports {
  readonly memory: WebAssemblyMemory;
  setPageCountMax(pages: number): void;
  powersOfFive(): number;
  reset(columns: number, texts: number, chunkRows: number, discards: boolean): void;
  setType(column: number, type: number): void;
  layOut(): void;
  beginBlock(): void;
  inputSpace(bytes: number): number;
  pendingBytes(): number;
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

const PAGE_BYTES = 65_536;
/** The last page of the 4 GiB is left out, so that the end of every area is a u32. */
const MEMORY_BYTES_MAX = 2 ** 32 - PAGE_BYTES;

export interface SorKernelOptions {
  /** Most memory that the kernel takes, in bytes; beyond it is `MEMORY_EXCEEDED`. @defaultValue 4 GiB less one page */
  readonly bytesMax?: number;
}

let compiled: WebAssemblyModule | undefined;

const sorModule = (): WebAssemblyModule => {
  compiled ??= new webAssembly.Module(Uint8Array.from(atob(SOR_WASM_BASE64), (character) => character.charCodeAt(0)));
  return compiled;
};

const instanceOf = (memoryExceeded: (bytes: number) => void): SorExports => {
  try {
    return new webAssembly.Instance(sorModule(), { env: { memoryExceeded } }).exports as SorExports;
  } catch (error) {
    // Engines answer a lack of address space, of which each instance reserves gigabytes, with a RangeError.
    if (!(error instanceof RangeError)) throw error;
    const message = "SoR kernel: no memory for another instance; end idle workers or start fewer shards";
    throw new Eau2Error("MEMORY_EXCEEDED", message, {}, { cause: error });
  }
};

/** The kernel in WebAssembly (assembly/sor.ts). Its memory is its own. */
class WasmSorKernel implements SorKernel {
  readonly #wasm: SorExports;
  readonly #bytesMax: number;
  #types: readonly SorColumnType[] = [];
  /** What the last `space()` gave and `parse()` has not taken. */
  #spaceBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#wasm = instanceOf((bytes) => this.#memoryExceeded(bytes));
    this.#wasm.setPageCountMax(Math.floor(bytesMax / PAGE_BYTES));
    const powers = powersOfFive();
    new BigUint64Array(this.#wasm.memory.buffer, this.#wasm.powersOfFive() >>> 0, powers.length).set(powers);
    this.reset({ types: [], policy: "discard", chunkRows: 1 });
  }

  reset({ types, policy, chunkRows }: SorLayout): void {
    const texts = types.filter((type) => type === "utf8").length;
    this.#types = types;
    this.#spaceBytes = 0;
    this.#wasm.reset(types.length, texts, chunkRows, policy !== "null");
    types.forEach((type, column) => {
      this.#wasm.setType(column, SOR_COLUMN_TYPES.indexOf(type));
    });
    this.#wasm.layOut();
  }

  beginBlock(): void {
    this.#wasm.beginBlock();
  }

  space(bytes: number): Uint8Array {
    // Refused here, because as a u32 it would wrap around.
    if (bytes > this.#bytesMax) this.#memoryExceeded(bytes);
    // First the address: making room may replace the memory's buffer.
    const address = this.#wasm.inputSpace(bytes) >>> 0;
    this.#spaceBytes = bytes;
    return new Uint8Array(this.#wasm.memory.buffer, address, bytes);
  }

  get pendingBytes(): number {
    return this.#wasm.pendingBytes() >>> 0;
  }

  parse(added: number, final: boolean): boolean {
    if (added > this.#spaceBytes) throw new Error(`invariant: parse ${added} bytes of a space of ${this.#spaceBytes}`);
    this.#spaceBytes = 0;
    const isFull = this.#wasm.parse(added, final) !== 0;
    if (this.#wasm.leftEnd() !== this.#wasm.leftBase()) this.#parseLeft();
    return isFull;
  }

  get rowCount(): number {
    return this.#wasm.rowCount() >>> 0;
  }

  takeRows(): SorColumn[] {
    this.#wasm.finishRows();
    const { buffer } = this.#wasm.memory;
    const { rowCount } = this;
    const bitmapBytes = bitmapByteLength(rowCount);
    return this.#types.map((type, column): SorColumn => {
      const address = this.#wasm.valuesOf(column) >>> 0;
      const hasNulls = this.#wasm.nullCountOf(column) !== 0;
      const validity = hasNulls ? new Uint8Array(buffer, this.#wasm.validityOf(column) >>> 0, bitmapBytes) : undefined;
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
    this.#wasm.clearRows();
  }

  get lineCount(): number {
    return this.#wasm.lineCount() >>> 0;
  }

  get blockRowCount(): number {
    return this.#wasm.blockRowCount() >>> 0;
  }

  get badRowCount(): number {
    return this.#wasm.badRowCount() >>> 0;
  }

  badRows(): SorBadRow[] {
    const count = Math.min(BAD_ROWS_MAX, this.badRowCount);
    const words = new Uint32Array(this.#wasm.memory.buffer, this.#wasm.badRowsBase() >>> 0, count * 3);
    return Array.from({ length: count }, (_, index) => ({
      line: words[index * 3]!,
      column: words[index * 3 + 1]!,
      fault: SOR_FAULTS[words[index * 3 + 2]! - 1]!,
    }));
  }

  blockStrings(column: number): { readonly rowCount: number; readonly distinct: number } {
    this.#useDictionary(column);
    return { rowCount: this.#wasm.blockValuesOf(column) >>> 0, distinct: this.#wasm.blockDistinct() >>> 0 };
  }

  dictionary(column: number): SorDictionary {
    this.#useDictionary(column);
    const { buffer } = this.#wasm.memory;
    const count = this.#wasm.dictionarySize() >>> 0;
    return {
      count,
      offsets: new Uint32Array(buffer, this.#wasm.dictionaryOffsetsBase() >>> 0, count + 1),
      values: new Uint8Array(buffer, this.#wasm.dictionaryBytesBase() >>> 0, this.#wasm.dictionaryBytesUsed() >>> 0),
    };
  }

  get dictionaryBytes(): number {
    return this.#wasm.dictionariesBytes();
  }

  get bytes(): number {
    return this.#wasm.memory.buffer.byteLength;
  }

  #useDictionary(column: number): void {
    if (this.#types[column] !== "utf8")
      throw new Error(`invariant: column ${column} is ${this.#types[column]}, not utf8`);
    this.#wasm.useDictionary(column);
  }

  /** Numbers of more digits than the kernel decides: `Number` of their text. */
  #parseLeft(): void {
    const { buffer } = this.#wasm.memory;
    const view = new DataView(buffer);
    const end = this.#wasm.leftEnd() >>> 0;
    for (let at = this.#wasm.leftBase() >>> 0; at !== end; ) {
      const column = view.getUint32(at, true);
      const row = view.getUint32(at + 4, true);
      const length = view.getUint32(at + 8, true);
      const text = String.fromCharCode(...new Uint8Array(buffer, at + 12, length));
      view.setFloat64((this.#wasm.valuesOf(column) >>> 0) + row * 8, Number(text), true);
      at += Math.ceil((12 + length) / 4) * 4;
    }
  }

  #memoryExceeded(bytes: number): never {
    throw new Eau2Error(
      "MEMORY_EXCEEDED",
      `SoR kernel: an area of ${bytes} bytes does not fit beside the others into ${this.#bytesMax} bytes, of which ` +
        `${this.bytes} are taken for ${this.#types.length} columns; load with fewer rows a chunk (--chunk-rows) or ` +
        "smaller blocks (--block-bytes)",
      { bytes, bytesMax: this.#bytesMax, columnCount: this.#types.length },
    );
  }
}

/**
 * A SoR kernel without columns: `reset` gives it some.
 * @throws Eau2Error `USAGE` when `bytesMax` is below 1 MiB; `MEMORY_EXCEEDED` when memory for an instance is lacking.
 */
export const createSorKernel = ({ bytesMax = MEMORY_BYTES_MAX }: SorKernelOptions = {}): SorKernel => {
  if (!(bytesMax >= 1024 ** 2)) {
    throw new Eau2Error("USAGE", `SoR kernel of at most ${bytesMax} bytes: it needs 1 MiB or more`, { bytesMax });
  }
  return new WasmSorKernel(Math.min(bytesMax, MEMORY_BYTES_MAX));
};
