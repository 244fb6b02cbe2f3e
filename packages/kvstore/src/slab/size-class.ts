/**
 * Size classes. Sizes below 16 granules have a class each; above, every power of two is cut into 16 equal steps, so a
 * class is one row (power of two) and one column (step). Slabs of their own use 8 steps per power of two.
 */

/** Ranges start on, and are counted in, units of this many bytes: a cache line, and what SIMD loads may want. */
export const GRANULE_BYTES = 64;
export const CLASS_COLUMN_BITS = 4;
export const CLASS_COLUMNS = 1 << CLASS_COLUMN_BITS;
/** Rows for up to 2^24 granules: slabs of up to 1 GiB. */
export const CLASS_ROWS = 24 - CLASS_COLUMN_BITS + 2;
const OWN_SLAB_STEPS = 8;

/** The class of a free block of `granules` (at least 1). */
export const classOf = (granules: number): number => {
  if (granules < CLASS_COLUMNS) return granules;
  const power = 31 - Math.clz32(granules);
  // The step's leading bit stands for the row: subtracting nothing keeps classes of one row consecutive.
  return (power - CLASS_COLUMN_BITS) * CLASS_COLUMNS + (granules >> (power - CLASS_COLUMN_BITS));
};

/** The smallest class all of whose blocks hold `granules`. */
export const classThatHolds = (granules: number): number => {
  if (granules < CLASS_COLUMNS) return granules;
  const stepGranules = 1 << (31 - Math.clz32(granules) - CLASS_COLUMN_BITS);
  return classOf(granules + stepGranules - 1);
};

/**
 * Bytes of a slab of its own for a value of `bytes`: the next of 8 steps per power of two, so that at most an eighth is
 * lost and a kept slab fits values of about the same size again.
 */
export const ownSlabBytes = (bytes: number): number => {
  const step = 2 ** Math.floor(Math.log2(bytes)) / OWN_SLAB_STEPS;
  return Math.ceil(bytes / step) * step;
};
