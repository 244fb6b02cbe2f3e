import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export const allocateSharedBuffer = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

let gc: (() => void) | undefined;

/**
 * Collects the garbage of this thread, completely. Shared buffers are not on the heap, so dropping gigabytes of them
 * gives V8 no reason to: without this call they stay resident. Used after slabs were let go, and only then: it stops
 * the thread for some milliseconds (3.5 with a heap of 50 MB).
 */
export const collectGarbage = (): void => {
  if (gc === undefined) {
    setFlagsFromString("--expose-gc");
    gc = runInNewContext("gc") as () => void;
  }
  gc();
};
