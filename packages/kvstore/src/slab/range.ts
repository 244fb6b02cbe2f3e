/**
 * Where bytes lie: plain data, so that it can be posted to a worker.
 * `offset` is a multiple of 64. Slab ids are never used twice in the life of a pool.
 */
export interface RangeRef {
  readonly slabId: number;
  readonly offset: number;
  readonly bytes: number;
}

/** A range of a pool. Its content is whatever the memory held before: writers fill all of it. */
export interface Range extends RangeRef {
  /** The bytes in place, not a copy. Valid until the range is freed, and after that while a ticket entered before is held. */
  view(): Uint8Array;
}
