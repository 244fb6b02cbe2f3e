import type { SlabSpace } from "./slab-space.js";

/** One `SharedArrayBuffer` and what is free in it. */
export interface Slab {
  readonly id: number;
  readonly bytes: number;
  /** What a granule is here: a slab of one value is one granule. */
  readonly granuleBytes: number;
  readonly buffer: SharedArrayBuffer;
  readonly space: SlabSpace;
  /** Among the shared slabs; -1 for a slab of one value. */
  position: number;
}
