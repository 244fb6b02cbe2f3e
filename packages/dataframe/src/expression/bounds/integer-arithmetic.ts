/** Intervals of exact integers, before anybody asks whether they fit into 64 bits. */
import type { FunctionName } from "../functions.js";
import { type IntegerBounds, integers } from "./value-bounds.js";

const hull = (values: readonly bigint[]): IntegerBounds => {
  let [min, max] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return integers(min, max);
};

/** What lies in either, and what is between them. */
export const eitherInteger = (a: IntegerBounds, b: IntegerBounds): IntegerBounds => hull([a.min, a.max, b.min, b.max]);

const abs = (value: bigint): bigint => (value < 0n ? -value : value);
const sign = (value: bigint): bigint => (value > 0n ? 1n : value < 0n ? -1n : 0n);

const corners = (a: IntegerBounds, b: IntegerBounds, compute: (x: bigint, y: bigint) => bigint): IntegerBounds =>
  hull([compute(a.min, b.min), compute(a.min, b.max), compute(a.max, b.min), compute(a.max, b.max)]);

export const containsZero = ({ min, max }: IntegerBounds): boolean => min <= 0n && max >= 0n;

const largest = ({ min, max }: IntegerBounds): bigint => hull([abs(min), abs(max)]).max;

/** The divisors below and above zero, by which alone there is a quotient. */
const divisors = ({ min, max }: IntegerBounds): IntegerBounds[] => {
  const parts: IntegerBounds[] = [];
  if (min < 0n) parts.push(integers(min, max < 0n ? max : -1n));
  if (max > 0n) parts.push(integers(min > 0n ? min : 1n, max));
  return parts;
};

const quotients = (a: IntegerBounds, b: IntegerBounds): IntegerBounds | undefined => {
  const parts = divisors(b).map((part) => corners(a, part, (x, y) => x / y));
  return parts.length === 0 ? undefined : hull(parts.flatMap(({ min, max }) => [min, max]));
};

/** Smaller than the divisor, no larger than the dividend, with the sign of the dividend. */
const remainders = (a: IntegerBounds, b: IntegerBounds): IntegerBounds | undefined => {
  const divisor = largest(b);
  if (divisor === 0n) return undefined;
  const magnitude = divisor - 1n < largest(a) ? divisor - 1n : largest(a);
  return integers(a.min < 0n ? -magnitude : 0n, a.max > 0n ? magnitude : 0n);
};

/** @returns "unknown" for a function that is not computed with integers; undefined if there is no value. */
export const integerFunction = (
  name: FunctionName,
  a: IntegerBounds,
  b: IntegerBounds = a,
): IntegerBounds | undefined | "unknown" => {
  switch (name) {
    case "add":
      return integers(a.min + b.min, a.max + b.max);
    case "subtract":
      return integers(a.min - b.max, a.max - b.min);
    case "multiply":
      return corners(a, b, (x, y) => x * y);
    case "intDivide":
      return quotients(a, b);
    case "remainder":
      return remainders(a, b);
    case "negate":
      return integers(-a.max, -a.min);
    case "abs":
      return integers(containsZero(a) ? 0n : hull([abs(a.min), abs(a.max)]).min, largest(a));
    case "sign":
      return integers(sign(a.min), sign(a.max));
    case "floor":
    case "ceil":
    case "trunc":
      return a;
    default:
      return "unknown";
  }
};

/** Rounded to a multiple of 10^`zeros`. */
export const roundedIntegers = ({ min, max }: IntegerBounds, zeros: number): IntegerBounds => {
  const step = zeros > 0 ? 10n ** BigInt(zeros) : 0n;
  return integers(min - step, max + step);
};
