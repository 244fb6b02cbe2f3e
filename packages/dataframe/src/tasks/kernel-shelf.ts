import { createTextKernel } from "../kernels/text-kernel.js";
import type { TextKernel } from "../kernels/text-kernel-types.js";
import { TEXT_KERNEL_BYTES_KEPT_MAX } from "../kernels/text-kernel-types.js";

// One per worker thread: its memory is warm from the task before.
let kept: TextKernel | undefined;

/** Runs `use` with an empty kernel, which is kept for the next task unless its memory has grown large. */
export const withTextKernel = async <T>(use: (kernel: TextKernel) => T | Promise<T>): Promise<T> => {
  const kernel = kept ?? createTextKernel();
  kept = undefined;
  kernel.reset();
  const result = await use(kernel);
  if (kernel.bytes <= TEXT_KERNEL_BYTES_KEPT_MAX) kept = kernel;
  return result;
};
