import { type RowExports, WasmRowKernel } from "./row-kernel.js";
import type { SorKernel, SorLayout } from "./sor-kernel-types.js";
import { SOR_WASM_BASE64 } from "./sor-wasm.generated.js";
import { KernelModule, type KernelOptions } from "./wasm-kernel.js";

/** What assembly/sor.as exports. */
interface SorExports extends RowExports {
  reset(columns: number, texts: number, chunkRows: number, discards: boolean): void;
  parse(added: number, final: boolean): number;
}

const SOR_MODULE = new KernelModule("SoR kernel", SOR_WASM_BASE64);

/** The kernel in WebAssembly (assembly/sor.as). */
class WasmSorKernel extends WasmRowKernel<SorExports> implements SorKernel {
  constructor(options: KernelOptions) {
    super(SOR_MODULE, options);
    this.reset({ types: [], policy: "discard", chunkRows: 1 });
  }

  reset({ types, policy, chunkRows }: SorLayout): void {
    this.layOut(types, (columns, texts) => this.wasm.reset(columns, texts, chunkRows, policy !== "null"));
  }

  parse(added: number, final: boolean): boolean {
    this.takeSpace(added);
    const isFull = this.wasm.parse(added, final) !== 0;
    this.parseLeft();
    return isFull;
  }
}

/**
 * A SoR kernel without columns: `reset` gives it some.
 * @throws Eau2Error `USAGE` when `bytesMax` is below 1 MiB; `MEMORY_EXCEEDED` when memory for an instance is lacking.
 */
export const createSorKernel = (options: KernelOptions = {}): SorKernel => new WasmSorKernel(options);
