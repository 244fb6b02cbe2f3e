import { createSorKernel } from "../kernels/sor-kernel.js";
import type { SorKernel, SorLayout } from "../kernels/sor-kernel-types.js";
import { createTextKernel } from "../kernels/text-kernel.js";
import type { TextKernel } from "../kernels/text-kernel-types.js";
import { TEXT_KERNEL_BYTES_KEPT_MAX } from "../kernels/text-kernel-types.js";

// One per worker thread: its memory is warm from the task before.
let kept: TextKernel | undefined;
let keptSor: SorKernel | undefined;

/** Runs `use` with an empty kernel, which is kept for the next task unless its memory has grown large. */
export const withTextKernel = async <T>(use: (kernel: TextKernel) => T | Promise<T>): Promise<T> => {
  const kernel = kept ?? createTextKernel();
  kept = undefined;
  kernel.reset();
  const result = await use(kernel);
  if (kernel.bytes <= TEXT_KERNEL_BYTES_KEPT_MAX) kept = kernel;
  return result;
};

/** The same with a kernel for rows of `layout`. */
export const withSorKernel = async <T>(layout: SorLayout, use: (kernel: SorKernel) => T | Promise<T>): Promise<T> => {
  const kernel = keptSor ?? createSorKernel();
  keptSor = undefined;
  kernel.reset(layout);
  const result = await use(kernel);
  if (kernel.bytes <= TEXT_KERNEL_BYTES_KEPT_MAX) keptSor = kernel;
  return result;
};
