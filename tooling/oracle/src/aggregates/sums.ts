/** Sums and means: exact, and rounded once. An engine may be off by 1e-15 of the sum of magnitudes. */
import { nearest, nearestOfScaled, scaled } from "../exact.js";
import { checkedInt64 } from "../failure.js";
import { arithmeticType } from "../types.js";
import { type Approximate, withoutMinusZero } from "../values.js";
import { type AggregateOfGroup, valuesOf } from "./aggregate-table.js";

const ERROR = 1e-15;

/** NaN, or infinities of one sign, decide by themselves. */
const sumOfFloats = (values: readonly number[], divisor: bigint): Approximate => {
  const special = values.filter((value) => !Number.isFinite(value)).reduce((sum, value) => sum + value, 0);
  if (special !== 0) return { approximate: special, within: 0 };
  const sum = values.map(scaled).reduce((a, b) => a + b, 0n);
  const magnitudes = values.reduce((total, value) => total + Math.abs(value), 0);
  return {
    approximate: withoutMinusZero(nearestOfScaled(sum, divisor)),
    within: (ERROR * magnitudes) / Number(divisor),
  };
};

const sumOfIntegers = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

const sum: AggregateOfGroup = {
  type: arithmeticType,
  of: (rows, args) => {
    const values = valuesOf(rows);
    if (values.length === 0) return null;
    if (arithmeticType(args) === "int64") return checkedInt64(sumOfIntegers(values as bigint[]), "sum");
    return sumOfFloats(values as number[], 1n);
  },
};

const mean: AggregateOfGroup = {
  type: () => "float64",
  of: (rows, args) => {
    const values = valuesOf(rows);
    if (values.length === 0) return null;
    const count = BigInt(values.length);
    if (arithmeticType(args) !== "int64") return sumOfFloats(values as number[], count);
    const approximate = nearest(sumOfIntegers(values as bigint[]), count);
    return { approximate, within: ERROR * Math.abs(approximate) };
  },
};

export const SUMS = { sum, mean };
