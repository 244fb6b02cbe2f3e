import { Eau2Error } from "@eau2/protocol";
import type { SplitMode, TextKernel } from "./text-kernel-types.js";
import { TEXT_WASM_BASE64 } from "./text-wasm.generated.js";
import { type KernelExports, type KernelHolding, KernelModule, type KernelOptions, WasmKernel } from "./wasm-kernel.js";

/** What assembly/text.ts exports. */
interface TextExports extends KernelExports {
  reset(): void;
  beginBlock(): void;
  blockDistinct(): number;
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

/** Strings go into the kernel's memory in runs of at most this many bytes, or one by one if longer. */
const INTERN_RUN_BYTES = 1024 ** 2;
/** And of at most this many strings, so that a million empty ones do not need megabytes of offsets at once. */
const INTERN_RUN_COUNT = 65_536;

const TEXT_MODULE = new KernelModule("text kernel", TEXT_WASM_BASE64);

/** The kernel in WebAssembly with SIMD (assembly/text.ts). */
class WasmTextKernel extends WasmKernel<TextExports> implements TextKernel {
  constructor(options: KernelOptions) {
    super(TEXT_MODULE, options);
    this.reset();
  }

  reset(): void {
    this.wasm.reset();
  }

  beginBlock(): void {
    this.wasm.beginBlock();
  }

  get blockDistinct(): number {
    return this.wasm.blockDistinct() >>> 0;
  }

  split(mode: SplitMode, added: number, final: boolean): number {
    this.takeSpace(added);
    return (mode === "words" ? this.wasm.splitWords(added, final) : this.wasm.splitLines(added, final)) >>> 0;
  }

  intern(bytes: Uint8Array, offsets: Uint32Array, count: number): void {
    this.wasm.dropPending();
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
    return this.#words(CODES_AREA, this.wasm.codeCount() >>> 0);
  }

  clearCodes(): void {
    this.wasm.clearCodes();
  }

  get dictionarySize(): number {
    return this.wasm.dictionarySize() >>> 0;
  }

  dictionaryBytes(): Uint8Array {
    const { memory } = this.wasm;
    return new Uint8Array(memory.buffer, this.wasm.areaBase(BYTES_AREA) >>> 0, this.wasm.dictionaryBytesUsed() >>> 0);
  }

  dictionaryOffsets(): Uint32Array {
    return this.#words(OFFSETS_AREA, this.dictionarySize + 1);
  }

  #words(area: number, length: number): Uint32Array {
    return new Uint32Array(this.wasm.memory.buffer, this.wasm.areaBase(area) >>> 0, length);
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
    const taken = this.wasm.intern(length, input.byteOffset + offsetsFrom, to - from);
    this.takeSpace(0);
    if (taken === 0) throw offsetsInvalid(bytes, from, to, start, end);
  }

  protected holding(): KernelHolding {
    const { dictionarySize } = this;
    return {
      what: `${dictionarySize} distinct strings`,
      remedy: "split the input into smaller blocks, or keep the column plain",
      details: { dictionarySize },
    };
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
export const createTextKernel = (options: KernelOptions = {}): TextKernel => new WasmTextKernel(options);
