/**
 * Order-independent sums of floats: each value is cut into slices on grids of fixed powers of two, and each slice is added
 * to a bin of its own. A bin holds whole multiples of its quantum, few enough for 53 bits, so every addition is exact: any
 * order, any split over threads and nodes and any merging gives the same bits.
 *
 * Bin 0 has room for all rows of the stage; the bins below it for {@link ROWS_PER_CARRY} rows, after which what they have
 * gathered is carried upwards. Slices are cut by adding and subtracting 1.5 * 2^52 quanta, which rounds to a multiple.
 *
 * @see Demmel, Nguyen, "Fast Reproducible Floating-Point Summation", ARITH 2013; Mueller et al., "Reproducible Floating-Point
 * Aggregation in RDBMSs", ICDE 2018.
 */

import { addPairs, type Pair, pairOf } from "./double-double.js";

/** Rows that may be added between two carries: bins below the first have room for no more. */
export const ROWS_PER_CARRY = 2 ** 21;
const ROWS_PER_CARRY_BITS = 21;
/** A fixed grid has at most so many bins; values that need more are summed by {@link SlidingGrid}. */
const BINS_MAX = 6;
/** Values are kept down to this many bits below the least of them, which is 2^-50 of it. */
const VALUE_BITS = 51;
/** Squares and products, of which differences are taken, down to 2^-80 of the least. */
export const PRODUCT_BITS = 81;
/** Above this exponent the rounding constants would overflow. */
const EXPONENT_MAX = 900;
const SCALE_BITS = 256;
const EXPONENT_MIN = -1074;

/** Everything a sum needs to know, equal on all nodes. Plain data. */
export interface FloatGrid {
  /** Values are multiplied by 2^scaleBits first, which is exact: only where they are huge. */
  readonly scaleBits: number;
  /** Binary exponents of the quanta, falling. */
  readonly quanta: readonly number[];
}

/** The least `e` with `magnitude` < 2^e. */
const exponentAbove = (magnitude: number): number => {
  if (magnitude === 0) return EXPONENT_MIN;
  let exponent = Math.max(EXPONENT_MIN, Math.floor(Math.log2(magnitude)));
  // log2 may be off by one on either side of a power of two.
  while (exponent > EXPONENT_MIN && powerOfTwo(exponent) > magnitude) exponent--;
  while (exponent < 1024 && powerOfTwo(exponent) <= magnitude) exponent++;
  return exponent;
};

/** 2^exponent, exactly, also where it is subnormal. */
export const powerOfTwo = (exponent: number): number =>
  exponent >= -1022 ? 2 ** exponent : 2 ** (exponent + 200) * 2 ** -200;

const bitsOf = (count: number): number => Math.ceil(Math.log2(count + 1));

/**
 * The grid for up to `rowCount` values of at most `magnitude`.
 * @param smallest - the least magnitude of those that are not 0, or a lower bound of it.
 * @param relativeBits - how far below the least value bits are kept.
 * @returns undefined where values differ so much in size that no fixed grid keeps the small ones: use sliding bins.
 */
export const floatGrid = (
  rowCount: number,
  magnitude: number,
  smallest: number,
  relativeBits = VALUE_BITS,
): FloatGrid | undefined => {
  const scaleBits = exponentAbove(magnitude) > EXPONENT_MAX ? -SCALE_BITS : 0;
  const top = exponentAbove(magnitude) + scaleBits;
  const firstWidth = Math.min(50, 52 - bitsOf(rowCount));
  if (firstWidth < 4) return undefined;
  const width = 52 - Math.min(ROWS_PER_CARRY_BITS, bitsOf(rowCount));
  const needed = top - (exponentAbove(smallest) - 1 + scaleBits) + relativeBits;
  const quanta = [Math.max(EXPONENT_MIN, top - firstWidth)];
  while (top - quanta.at(-1)! < needed && quanta.at(-1)! > EXPONENT_MIN) {
    if (quanta.length === BINS_MAX) return undefined;
    quanta.push(Math.max(EXPONENT_MIN, quanta.at(-1)! - width));
  }
  return { scaleBits, quanta };
};

/** What is added and subtracted to round to a multiple of 2^quantum. */
export const roundingConstant = (quantum: number): number => 1.5 * powerOfTwo(52 + quantum);

/** The quanta of grids as numbers: raising two to a power costs more than all else that is done for a group. */
const known = new WeakMap<FloatGrid, Float64Array>();

export const quantaOf = (grid: FloatGrid): Float64Array => {
  let quanta = known.get(grid);
  if (quanta === undefined) {
    quanta = Float64Array.from(grid.quanta, powerOfTwo);
    known.set(grid, quanta);
  }
  return quanta;
};

/**
 * Carries what the bins of one sum have gathered upwards; afterwards each bin but the first holds at least 0 and less than a
 * quantum of the one above it, which makes the bins a function of their sum alone.
 * @param quanta - as {@link quantaOf} gives them.
 */
export const carryBins = (bins: Float64Array, at: number, quanta: Float64Array): void => {
  for (let bin = quanta.length - 1; bin > 0; bin--) {
    const above = quanta[bin - 1]!;
    const gathered = bins[at + bin]!;
    const carry = Math.floor(gathered / above) * above;
    bins[at + bin] = gathered - carry;
    bins[at + bin - 1]! += carry;
  }
};

/** The sum that bins hold, to twice the precision of a double; carries first, so equal sums give equal bits. */
export const pairOfBins = (bins: Float64Array, at: number, grid: FloatGrid): Pair => {
  carryBins(bins, at, quantaOf(grid));
  let sum = pairOf(0);
  for (let bin = grid.quanta.length - 1; bin >= 0; bin--) sum = addPairs(sum, pairOf(bins[at + bin]!));
  if (grid.scaleBits === 0) return sum;
  const scale = powerOfTwo(-grid.scaleBits);
  return { high: sum.high * scale, low: sum.low * scale };
};

/** The sum that bins hold, as a double; carries first, so equal sums give equal bits. */
export const sumOfBins = (bins: Float64Array, at: number, grid: FloatGrid): number => {
  carryBins(bins, at, quantaOf(grid));
  let sum = 0;
  for (let bin = grid.quanta.length - 1; bin >= 0; bin--) sum += bins[at + bin]!;
  return grid.scaleBits === 0 ? sum : sum * powerOfTwo(-grid.scaleBits);
};
