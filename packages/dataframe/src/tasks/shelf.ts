import type { TaskContext } from "@eau2/kvstore";
import { createCsvKernel } from "../kernels/csv-kernel.js";
import type { CsvKernel, CsvLayout } from "../kernels/csv-kernel-types.js";
import { createSorKernel } from "../kernels/sor-kernel.js";
import type { SorKernel, SorLayout } from "../kernels/sor-kernel-types.js";
import { createTextKernel } from "../kernels/text-kernel.js";
import type { TextKernel } from "../kernels/text-kernel-types.js";
import { ScratchMemory } from "./scratch-memory.js";

/** What has grown above this is dropped after use: a kernel's memory never shrinks. */
const KEPT_BYTES_MAX = 32 * 1024 ** 2;

/** What a shelf needs of a task's context. */
type Reclaims = Pick<TaskContext, "reclaim">;

/** One thing of a kind for each worker thread, kept from task to task, because its memory is warm then. */
class Shelf<Item extends { readonly bytes: number }> {
  #item: Item | undefined;

  constructor(private readonly make: () => Item) {}

  /** An item whose use has failed is not used again. */
  async with<Result>({ reclaim }: Reclaims, use: (item: Item) => Result | Promise<Result>): Promise<Result> {
    let item: Item | undefined = this.#item ?? this.make();
    this.#item = undefined;
    const result = await use(item);
    if (item.bytes <= KEPT_BYTES_MAX) this.#item = item;
    else {
      // The collector would find it in this frame.
      item = undefined;
      reclaim();
    }
    return result;
  }
}

const textKernels = new Shelf(createTextKernel);
const sorKernels = new Shelf(createSorKernel);
const csvKernels = new Shelf(createCsvKernel);
const scratchMemories = new Shelf(() => new ScratchMemory());

/** Runs `use` with an empty kernel. */
export const withTextKernel = <Result>(
  context: Reclaims,
  use: (kernel: TextKernel) => Result | Promise<Result>,
): Promise<Result> =>
  textKernels.with(context, (kernel) => {
    kernel.reset();
    return use(kernel);
  });

/** The same with a kernel for rows of `layout`. */
export const withSorKernel = <Result>(
  layout: SorLayout,
  context: Reclaims,
  use: (kernel: SorKernel) => Result | Promise<Result>,
): Promise<Result> =>
  sorKernels.with(context, (kernel) => {
    kernel.reset(layout);
    return use(kernel);
  });

/** The same for rows of CSV. */
export const withCsvKernel = <Result>(
  layout: CsvLayout,
  context: Reclaims,
  use: (kernel: CsvKernel) => Result | Promise<Result>,
): Promise<Result> =>
  csvKernels.with(context, (kernel) => {
    kernel.reset(layout);
    return use(kernel);
  });

export const withScratchMemory = <Result>(
  context: Reclaims,
  use: (scratch: ScratchMemory) => Result | Promise<Result>,
): Promise<Result> => scratchMemories.with(context, use);
