import { Eau2Error } from "@eau2/protocol";
import { type WebAssemblyMemory, type WebAssemblyModule, webAssembly } from "./web-assembly.js";

/** What every kernel exports. Addresses and sizes are u32 and arrive as int32. */
export interface KernelExports {
  readonly memory: WebAssemblyMemory;
  setPageCountMax(pages: number): void;
  inputSpace(bytes: number): number;
  pendingBytes(): number;
}

export interface KernelOptions {
  /** Most memory that the kernel takes, in bytes; beyond it is `MEMORY_EXCEEDED`. @defaultValue 4 GiB less one page */
  readonly bytesMax?: number;
}

const PAGE_BYTES = 65_536;
/** The last page of the 4 GiB is left out, so that the end of every area is a u32. */
const MEMORY_BYTES_MAX = 2 ** 32 - PAGE_BYTES;
const MEMORY_BYTES_MIN = 1024 ** 2;

/** The code of a kernel: compiled once a thread, at first use: about a millisecond, then instances cost next to nothing. */
export class KernelModule {
  #compiled: WebAssemblyModule | undefined;

  /** @param name - as messages call the kernel. */
  constructor(
    readonly name: string,
    private readonly base64: string,
  ) {}

  /** @throws Eau2Error `MEMORY_EXCEEDED` when memory for an instance is lacking. */
  instantiate(memoryExceeded: (bytes: number) => void): unknown {
    this.#compiled ??= new webAssembly.Module(
      Uint8Array.from(atob(this.base64), (character) => character.charCodeAt(0)),
    );
    try {
      return new webAssembly.Instance(this.#compiled, { env: { memoryExceeded } }).exports;
    } catch (error) {
      // Engines answer a lack of address space, of which each instance reserves gigabytes, with a RangeError.
      if (!(error instanceof RangeError)) throw error;
      const message = `${this.name}: no memory for another instance; end idle workers or start fewer shards`;
      throw new Eau2Error("MEMORY_EXCEEDED", message, {}, { cause: error });
    }
  }
}

/** What a kernel holds when its memory does not suffice, and what its user can do. */
export interface KernelHolding {
  readonly what: string;
  readonly remedy: string;
  readonly details: Readonly<Record<string, number>>;
}

/** A kernel in WebAssembly: its memory, which is its own, and the input that is put into it piece by piece. */
export abstract class WasmKernel<Exports extends KernelExports> {
  protected readonly wasm: Exports;
  readonly #name: string;
  readonly #bytesMax: number;
  /** What the last `space()` gave and nobody has taken. */
  #spaceBytes = 0;

  /** @throws Eau2Error `USAGE` when `bytesMax` is below 1 MiB; `MEMORY_EXCEEDED` when memory for an instance is lacking. */
  constructor(module: KernelModule, { bytesMax = MEMORY_BYTES_MAX }: KernelOptions) {
    const { name } = module;
    if (!(bytesMax >= MEMORY_BYTES_MIN)) {
      throw new Eau2Error("USAGE", `${name} of at most ${bytesMax} bytes: it needs 1 MiB or more`, { bytesMax });
    }
    this.#name = name;
    this.#bytesMax = Math.min(bytesMax, MEMORY_BYTES_MAX);
    this.wasm = module.instantiate((bytes) => this.#memoryExceeded(bytes)) as Exports;
    this.wasm.setPageCountMax(Math.floor(this.#bytesMax / PAGE_BYTES));
  }

  space(bytes: number): Uint8Array {
    // Refused here, because as a u32 it would wrap around.
    if (bytes > this.#bytesMax) this.#memoryExceeded(bytes);
    // First the address: making room may replace the memory's buffer.
    const address = this.wasm.inputSpace(bytes) >>> 0;
    this.#spaceBytes = bytes;
    return new Uint8Array(this.wasm.memory.buffer, address, bytes);
  }

  get pendingBytes(): number {
    return this.wasm.pendingBytes() >>> 0;
  }

  get bytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /** The space is used, by its first `added` bytes. */
  protected takeSpace(added: number): void {
    if (added > this.#spaceBytes)
      throw new Error(`invariant: ${added} bytes are taken of a space of ${this.#spaceBytes}`);
    this.#spaceBytes = 0;
  }

  protected abstract holding(): KernelHolding;

  #memoryExceeded(bytes: number): never {
    const { what, remedy, details } = this.holding();
    throw new Eau2Error(
      "MEMORY_EXCEEDED",
      `${this.#name}: an area of ${bytes} bytes does not fit beside the others into ${this.#bytesMax} bytes, of which ` +
        `${this.bytes} are taken for ${what}; ${remedy}`,
      { bytes, bytesMax: this.#bytesMax, ...details },
    );
  }
}
