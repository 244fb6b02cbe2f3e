import { Eau2Error } from "@eau2/protocol";
import type { SplitMode, TextKernel } from "./text-kernel-types.js";
import { TEXT_WASM_BASE64 } from "./text-wasm.generated.js";
import { type WebAssemblyMemory, type WebAssemblyModule, webAssembly } from "./web-assembly.js";

/** What assembly/text.ts exports. Addresses are u32 and arrive as int32. */
interface TextExports {
  readonly memory: WebAssemblyMemory;
  setPageCountMax(pages: number): void;
  reset(): void;
  beginBlock(): void;
  blockDistinct(): number;
  inputSpace(bytes: number): number;
  pendingBytes(): number;
  dropPending(): void;
  splitWords(added: number, final: boolean): number;
  splitLines(added: number, final: boolean): number;
  intern(bytes: number, offsets: number, count: number): number;
  codeCount(): number;
  clearCodes(): void;
  areaBase(area: number): number;
  dictionarySize(): number;
  dictionaryBytesUsed(): number;
}

/** The areas of assembly/areas.ts whose views are handed out. */
const CODES_AREA = 1;
const BYTES_AREA = 2;
const OFFSETS_AREA = 3;

const PAGE_BYTES = 65_536;
/** The last page of the 4 GiB is left out, so that the end of every area is a u32. */
const MEMORY_BYTES_MAX = 2 ** 32 - PAGE_BYTES;
/** Strings go into the kernel's memory in runs of at most this many bytes, or one by one if longer. */
const INTERN_RUN_BYTES = 1024 ** 2;
/** And of at most this many strings, so that a million empty ones do not need megabytes of offsets at once. */
const INTERN_RUN_COUNT = 65_536;

export interface TextKernelOptions {
  /** Most memory that the kernel takes, in bytes; beyond it is `MEMORY_EXCEEDED`. @defaultValue 4 GiB less one page */
  readonly bytesMax?: number;
}

let compiled: WebAssemblyModule | undefined;

/** Compiled once a thread, at first use: about a millisecond, then instances cost next to nothing. */
const textModule = (): WebAssemblyModule => {
  compiled ??= new webAssembly.Module(Uint8Array.from(atob(TEXT_WASM_BASE64), (character) => character.charCodeAt(0)));
  return compiled;
};

const instanceOf = (memoryExceeded: (bytes: number) => void): TextExports => {
  try {
    return new webAssembly.Instance(textModule(), { env: { memoryExceeded } }).exports as TextExports;
  } catch (error) {
    // Engines answer a lack of address space, of which each instance reserves gigabytes, with a RangeError.
    if (!(error instanceof RangeError)) throw error;
    const message = "text kernel: no memory for another instance; end idle workers or start fewer shards";
    throw new Eau2Error("MEMORY_EXCEEDED", message, {}, { cause: error });
  }
};

/** The kernel in WebAssembly with SIMD (assembly/text.ts). Its memory is its own. */
class WasmTextKernel implements TextKernel {
  readonly #wasm: TextExports;
  readonly #bytesMax: number;
  /** What the last `space()` gave and `split()` has not taken. */
  #spaceBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    const memoryExceeded = (bytes: number): void => this.#memoryExceeded(bytes);
    this.#wasm = instanceOf(memoryExceeded);
    this.#wasm.setPageCountMax(Math.floor(bytesMax / PAGE_BYTES));
    this.#wasm.reset();
  }

  reset(): void {
    this.#wasm.reset();
  }

  beginBlock(): void {
    this.#wasm.beginBlock();
  }

  get blockDistinct(): number {
    return this.#wasm.blockDistinct() >>> 0;
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

  split(mode: SplitMode, added: number, final: boolean): number {
    if (added > this.#spaceBytes) throw new Error(`invariant: split ${added} bytes of a space of ${this.#spaceBytes}`);
    this.#spaceBytes = 0;
    return (mode === "words" ? this.#wasm.splitWords(added, final) : this.#wasm.splitLines(added, final)) >>> 0;
  }

  intern(bytes: Uint8Array, offsets: Uint32Array, count: number): void {
    this.#wasm.dropPending();
    if (offsets.length <= count) throw offsetsInvalid(bytes, 0, count, offsetAt(offsets, 0), 0);
    for (let from = 0; from < count; ) {
      const origin = offsetAt(offsets, from);
      let to = from + 1;
      const runEnd = Math.min(count, from + INTERN_RUN_COUNT);
      while (to < runEnd && offsetAt(offsets, to + 1) - origin <= INTERN_RUN_BYTES) to++;
      this.#internRun(bytes, offsets, from, to);
      from = to;
    }
  }

  codes(): Uint32Array {
    return this.#words(CODES_AREA, this.#wasm.codeCount() >>> 0);
  }

  clearCodes(): void {
    this.#wasm.clearCodes();
  }

  get dictionarySize(): number {
    return this.#wasm.dictionarySize() >>> 0;
  }

  dictionaryBytes(): Uint8Array {
    const { memory } = this.#wasm;
    return new Uint8Array(memory.buffer, this.#wasm.areaBase(BYTES_AREA) >>> 0, this.#wasm.dictionaryBytesUsed() >>> 0);
  }

  dictionaryOffsets(): Uint32Array {
    return this.#words(OFFSETS_AREA, this.dictionarySize + 1);
  }

  get bytes(): number {
    return this.#wasm.memory.buffer.byteLength;
  }

  #words(area: number, length: number): Uint32Array {
    return new Uint32Array(this.#wasm.memory.buffer, this.#wasm.areaBase(area) >>> 0, length);
  }

  /** Lays the bytes of strings [from, to) at the front of the input and their offsets behind them. */
  #internRun(bytes: Uint8Array, offsets: Uint32Array, from: number, to: number): void {
    const start = offsetAt(offsets, from);
    const end = offsetAt(offsets, to);
    if (end < start || end > bytes.length) throw offsetsInvalid(bytes, from, to, start, end);
    const length = end - start;
    const offsetsFrom = Math.ceil(length / 4) * 4;
    const input = this.space(offsetsFrom + 4 * (to - from + 1));
    input.set(bytes.subarray(start, end));
    new Uint32Array(input.buffer, input.byteOffset + offsetsFrom, to - from + 1).set(offsets.subarray(from, to + 1));
    const taken = this.#wasm.intern(length, input.byteOffset + offsetsFrom, to - from);
    this.#spaceBytes = 0;
    if (taken === 0) throw offsetsInvalid(bytes, from, to, start, end);
  }

  #memoryExceeded(bytes: number): never {
    throw new Eau2Error(
      "MEMORY_EXCEEDED",
      `text kernel: an area of ${bytes} bytes does not fit beside the others into ${this.#bytesMax} bytes, of which ` +
        `${this.bytes} are taken for ${this.dictionarySize} distinct strings; split the input into smaller blocks, ` +
        "or keep the column plain",
      { bytes, bytesMax: this.#bytesMax, dictionarySize: this.dictionarySize },
    );
  }
}

const offsetAt = (offsets: Uint32Array, index: number): number => offsets[index] ?? 0;

const offsetsInvalid = (bytes: Uint8Array, from: number, to: number, start: number, end: number): Eau2Error =>
  new Eau2Error(
    "DATA_INVALID",
    `intern strings ${from} to ${to} of ${bytes.length} bytes: offsets from ${start} to ${end} must neither fall nor ` +
      "leave the bytes; the column is damaged, load it again",
    { from, to, start, end, bytes: bytes.length },
  );

/**
 * A text kernel with an empty dictionary, about half a MiB of memory at first.
 * @throws Eau2Error `USAGE` when `bytesMax` is below 1 MiB; `MEMORY_EXCEEDED` when memory for an instance is lacking.
 */
export const createTextKernel = ({ bytesMax = MEMORY_BYTES_MAX }: TextKernelOptions = {}): TextKernel => {
  if (!(bytesMax >= 1024 ** 2)) {
    throw new Eau2Error("USAGE", `text kernel of at most ${bytesMax} bytes: it needs 1 MiB or more`, { bytesMax });
  }
  return new WasmTextKernel(Math.min(bytesMax, MEMORY_BYTES_MAX));
};
