/**
 * Order-independent sums of floats whose sizes differ too much, or are not known, for one grid: the bins of each sum follow
 * its own greatest value. The slices of a value lie on one absolute grid, so they do not depend on what came before; a
 * sum keeps the {@link BINS} uppermost bins from the one its greatest value reaches, at least 90 bits. Carries are counted apart, so that a
 * bin that falls off takes nothing along that another order would have kept.
 *
 * A sum is {@link SLIDING_SLOTS} doubles: the index of its uppermost bin plus 1 (0: empty), then bin and carry of each.
 *
 * @see Demmel, Nguyen, "Fast Reproducible Floating-Point Summation", ARITH 2013 (indexed floating-point).
 */
import { addPairs, type Pair, pairOf } from "./double-double.js";
import { powerOfTwo, roundingConstant } from "./float-grid.js";

const WIDTH = 30;
const BINS = 4;
export const SLIDING_SLOTS = 1 + BINS * 2;
/** Quantum of bin `b` is 2^(LOWEST + b * WIDTH); values of bin `b` are below 2^(LOWEST + (b + 1) * WIDTH - 1). */
const LOWEST = -1074;
const BIN_COUNT = Math.ceil((1024 - LOWEST + 1) / WIDTH) + 1;
/** From this bin on constants and sums would overflow: what such bins hold is 2^-128 of what it means. */
const HIGH = 60;
const HIGH_SCALE = powerOfTwo(-128);
const scaleOf = (bin: number): number => (bin >= HIGH ? HIGH_SCALE : 1);
const exponentOf = (bin: number): number => LOWEST + bin * WIDTH - (bin >= HIGH ? 128 : 0);

/** Of a bin as it is stored. */
const QUANTA = Float64Array.from({ length: BIN_COUNT }, (_, bin) => powerOfTwo(exponentOf(bin)));
const ROUNDING = Float64Array.from({ length: BIN_COUNT }, (_, bin) => roundingConstant(exponentOf(bin)));
/** Units of a bin in one of the bin above. */
const BASE = 2 ** WIDTH;

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);

/** The bin that a finite value reaches, so that its slices in all bins above are 0. */
const binOf = (value: number): number => {
  scratch[0] = value;
  const exponent = ((scratchWords[1]! >>> 20) & 0x7ff) - 1022; // |value| < 2^exponent, subnormals -1022
  return Math.max(0, Math.ceil((exponent - LOWEST + 1) / WIDTH) - 1);
};

/** Makes `bin` the uppermost one of the sum at `at`. */
const slide = (state: Float64Array, at: number, bin: number): void => {
  const top = state[at]! - 1;
  const by = bin - top;
  for (let index = BINS - 1; index >= 0; index--) {
    const from = index - by;
    const isKept = top >= 0 && from >= 0;
    state[at + 1 + index * 2] = isKept ? state[at + 1 + from * 2]! : 0;
    state[at + 2 + index * 2] = isKept ? state[at + 2 + from * 2]! : 0;
  }
  state[at] = bin + 1;
};

/** Adds a finite value. At most 2^21 of them between two {@link carrySliding}. */
export const addSliding = (state: Float64Array, at: number, value: number): void => {
  if (value === 0) return;
  const reached = binOf(value);
  if (reached > state[at]! - 1) slide(state, at, reached);
  const top = state[at]! - 1;
  let scale = scaleOf(top);
  let rest = value * scale;
  for (let index = 0; index < BINS; index++) {
    const bin = top - index;
    if (bin < 0) return;
    if (scale !== 1 && bin < HIGH) {
      rest /= scale;
      scale = 1;
    }
    const rounding = ROUNDING[bin]!;
    const slice = rest + rounding - rounding;
    state[at + 1 + index * 2]! += slice;
    rest -= slice;
    if (rest === 0) return;
  }
};

/** Moves what bins have gathered into their carries; a bin then holds at least 0 and less than a quantum of the one above. */
export const carrySliding = (state: Float64Array, at: number): void => {
  const top = state[at]! - 1;
  for (let index = 0; index < BINS && top - index >= 0; index++) {
    const above = QUANTA[top - index]! * BASE;
    const gathered = state[at + 1 + index * 2]!;
    const carries = Math.floor(gathered / above);
    state[at + 1 + index * 2] = gathered - carries * above;
    state[at + 2 + index * 2]! += carries;
  }
};

/** Adds the sum at `fromAt` of `from`; both were carried. */
export const mergeSliding = (into: Float64Array, intoAt: number, from: Float64Array, fromAt: number): void => {
  const top = from[fromAt]! - 1;
  if (top < 0) return;
  if (top > into[intoAt]! - 1) slide(into, intoAt, top);
  const down = into[intoAt]! - 1 - top;
  for (let index = 0; index + down < BINS; index++) {
    const to = intoAt + 1 + (index + down) * 2;
    into[to]! += from[fromAt + 1 + index * 2]!;
    into[to + 1]! += from[fromAt + 2 + index * 2]!;
  }
  carrySliding(into, intoAt);
};

/** The sum, to twice the precision of a double; carries first. */
export const pairOfSliding = (state: Float64Array, at: number): Pair => {
  const top = state[at]! - 1;
  if (top < 0) return pairOf(0);
  carrySliding(state, at);
  // What a bin has carried are units of the bin above it: taken together they are digits, the same for equal sums.
  let carried = 0;
  let sum = pairOf(0);
  // All in the scale of the uppermost bin, beside which what is lost below does not show.
  const scale = scaleOf(top);
  for (let index = Math.min(BINS - 1, top); index >= 0; index--) {
    const quantum = QUANTA[top - index]!;
    const units = state[at + 1 + index * 2]! / quantum + carried;
    const upward = Math.floor(units / BASE);
    const digit = (units - upward * BASE) * quantum;
    sum = addPairs(sum, pairOf(digit * (scale / scaleOf(top - index))));
    carried = upward + state[at + 2 + index * 2]!;
  }
  const { high, low } = addPairs(sum, pairOf(carried * QUANTA[top]! * BASE));
  return { high: high / scale, low: low / scale };
};
