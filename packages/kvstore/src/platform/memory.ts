import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export const allocateSharedBuffer = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

/** Bytes of a caller's own whose content is undefined before it is written: large ones cost a pass less than zeroed ones. */
export const allocateUnfilled = (bytes: number): Uint8Array => new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);

let gc: (() => void) | undefined;

/**
 * Collects the garbage of this thread, completely. Shared buffers are not on the heap, so dropping gigabytes of them
 * gives V8 no reason to: without this call they stay resident. Used after slabs were let go, and only then: it stops
 * the thread for some milliseconds (3.5 with a heap of 50 MB). A minor collection is not enough.
 */
export const collectGarbage = (): void => {
  if (gc === undefined) {
    setFlagsFromString("--expose-gc");
    gc = runInNewContext("gc") as () => void;
  }
  gc();
};

/**
 * Gives shared buffers that no other thread refers to any more back to the system before it returns. The first
 * collection finds them and leaves them to a sweeper thread, the second waits for it. Measured on Node 20 with 200 MB
 * seen by two workers: each of them drops it and collects (6 to 10 ms), then this (8 to 17 ms), and resident memory has
 * fallen; ending and starting the two workers instead takes 47 ms, and their compiled code is lost.
 */
export const freeSharedBuffers = (): void => {
  collectGarbage();
  collectGarbage();
};
