/** What the state of a sum amounts to. */
import { Eau2Error } from "@eau2/protocol";
import type { Accumulator } from "./accumulator.js";
import { type Pair, pairOf } from "./double-double.js";
import { HAS_NAN, HAS_NEGATIVE_INFINITY, HAS_POSITIVE_INFINITY } from "./emit-update.js";
import { pairOfBins, sumOfBins } from "./float-grid.js";
import { pairOfSliding, SLIDING_SLOTS } from "./sliding-bins.js";

const WORD_BITS = 32n;
const INT64_MAX = 2n ** 63n - 1n;

/** An exact integer sum. @throws {@link Eau2Error} `INT64_OVERFLOW` */
export const integerSum = (states: Float64Array, at: number, column: string): bigint => {
  const sum =
    BigInt(states[at]!) + (BigInt(states[at + 1]!) << WORD_BITS) + (BigInt(states[at + 2]!) << (2n * WORD_BITS));
  if (sum <= INT64_MAX && sum >= -INT64_MAX - 1n) return sum;
  throw new Eau2Error(
    "INT64_OVERFLOW",
    `sum in "${column}": ${sum} is beyond 64 bits; cast to float64 first, or sum in parts`,
    { column },
  );
};

type SumFloat = Extract<Accumulator, { kind: "sumFloat" }>;

const specialSum = (bits: number): number => {
  if ((bits & HAS_NAN) !== 0) return Number.NaN;
  if (bits === (HAS_POSITIVE_INFINITY | HAS_NEGATIVE_INFINITY)) return Number.NaN;
  return bits === HAS_POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
};

/** A sum as a float, to twice the precision. Of floats with NaN or infinities: what they give. */
export const floatSum = (accumulator: Accumulator, states: Float64Array, at: number): Pair => {
  switch (accumulator.kind) {
    case "sumExact":
    case "sumPlain":
      return pairOf(states[at]!);
    case "sumWide": {
      const sum =
        BigInt(states[at]!) + (BigInt(states[at + 1]!) << WORD_BITS) + (BigInt(states[at + 2]!) << (2n * WORD_BITS));
      const high = Number(sum);
      return { high, low: Number(sum - BigInt(high)) };
    }
    case "sumFloat": {
      const special = specialOf(accumulator, states, at);
      if (special !== 0) return pairOf(specialSum(special));
      return accumulator.grid === null ? pairOfSliding(states, at) : pairOfBins(states, at, accumulator.grid);
    }
    default:
      throw new Error(`invariant: ${accumulator.kind} is no sum`);
  }
};

/** A sum as a float. */
export const plainSum = (accumulator: Accumulator, states: Float64Array, at: number): number => {
  if (accumulator.kind === "sumExact" || accumulator.kind === "sumPlain") return states[at]!;
  if (accumulator.kind === "sumFloat" && accumulator.isFinite && accumulator.grid !== null) {
    return sumOfBins(states, at, accumulator.grid);
  }
  return floatSum(accumulator, states, at).high;
};

const specialOf = ({ isFinite: isAlwaysFinite, grid }: SumFloat, states: Float64Array, at: number): number =>
  isAlwaysFinite ? 0 : states[at + (grid?.quanta.length ?? SLIDING_SLOTS)]!;
