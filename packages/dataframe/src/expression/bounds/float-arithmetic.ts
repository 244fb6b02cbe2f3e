/**
 * Intervals of floats. Where an operation is rounded correctly, rounding keeps the order of results, so the exact ends give
 * the ends; functions of a library are only nearly exact, and their ends are moved outwards.
 */
import type { FunctionName } from "../functions.js";
import { ALL_FLOATS, type FloatBounds, floats, magnitudeOf } from "./value-bounds.js";

const NONE: FloatBounds = floats(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true);

const isEmpty = ({ min, max }: FloatBounds): boolean => min > max;
const hasInfinity = ({ min, max }: FloatBounds): boolean =>
  min === Number.NEGATIVE_INFINITY || max === Number.POSITIVE_INFINITY;
export const containsZeroFloat = ({ min, max }: FloatBounds): boolean => min <= 0 && max >= 0;

/** Corners that are NaN belong to no number; whoever calls says that NaN may come out. */
const hull = (values: readonly number[], mayBeNaN: boolean): FloatBounds => {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return floats(Math.min(...numbers), Math.max(...numbers), mayBeNaN);
};

const corners = (
  a: FloatBounds,
  b: FloatBounds,
  mayBeNaN: boolean,
  compute: (x: number, y: number) => number,
): FloatBounds =>
  hull([compute(a.min, b.min), compute(a.min, b.max), compute(a.max, b.min), compute(a.max, b.max)], mayBeNaN);

/** Monotone and rounded correctly. */
const ascending = (a: FloatBounds, compute: (x: number) => number): FloatBounds =>
  floats(compute(a.min), compute(a.max), a.mayBeNaN);

/** Much more than libraries of mathematics are wrong by. */
const RELATIVE_SLACK = 2 ** -48;
const outwards = (bounds: FloatBounds): FloatBounds => {
  // An end that overflowed: next to it the library may give a number.
  const min = Math.min(bounds.min, Number.MAX_VALUE);
  const max = Math.max(bounds.max, -Number.MAX_VALUE);
  return floats(
    min - Math.abs(min) * RELATIVE_SLACK - Number.MIN_VALUE,
    max + Math.abs(max) * RELATIVE_SLACK + Number.MIN_VALUE,
    bounds.mayBeNaN,
  );
};

/** Of the numbers that are not negative; the others give NaN. */
const ofPositive = (a: FloatBounds, compute: (x: number) => number): FloatBounds =>
  a.max < 0 ? NONE : outwards(floats(compute(Math.max(a.min, 0)), compute(a.max), a.mayBeNaN || a.min < 0));

/** A corner that is no number may have finite numbers next to it, whose result is 0. */
const withZeroIf = (mayMeet: boolean, { min, max, mayBeNaN }: FloatBounds): FloatBounds =>
  mayMeet ? floats(Math.min(min, 0), Math.max(max, 0), true) : floats(min, max, mayBeNaN);

const products = (a: FloatBounds, b: FloatBounds): FloatBounds => {
  const mayMeet = (hasInfinity(a) && containsZeroFloat(b)) || (containsZeroFloat(a) && hasInfinity(b));
  return withZeroIf(
    mayMeet,
    corners(a, b, a.mayBeNaN || b.mayBeNaN, (x, y) => x * y),
  );
};

const quotients = (a: FloatBounds, b: FloatBounds): FloatBounds => {
  const mayMeet = (containsZeroFloat(a) && containsZeroFloat(b)) || (hasInfinity(a) && hasInfinity(b));
  const mayBeNaN = a.mayBeNaN || b.mayBeNaN;
  if (containsZeroFloat(b)) return floats(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, mayBeNaN || mayMeet);
  return withZeroIf(
    mayMeet,
    corners(a, b, mayBeNaN, (x, y) => x / y),
  );
};

const remainders = (a: FloatBounds, b: FloatBounds): FloatBounds => {
  const magnitude = Math.min(magnitudeOf(a), magnitudeOf(b));
  const mayBeNaN = a.mayBeNaN || b.mayBeNaN || hasInfinity(a);
  return floats(a.min < 0 ? -magnitude : 0, a.max > 0 ? magnitude : 0, mayBeNaN);
};

const powers = (a: FloatBounds, b: FloatBounds): FloatBounds => {
  // Of a positive base powers are monotone in either argument. A base that is 0 or below, or infinite ends, have rules of
  // their own.
  if (!(a.min > 0) || hasInfinity(a) || hasInfinity(b) || a.mayBeNaN || b.mayBeNaN) return ALL_FLOATS;
  return outwards(corners(a, b, false, (x, y) => x ** y));
};

/** Of NaN it is 0. */
const signs = (a: FloatBounds): FloatBounds => {
  const ofNaN = a.mayBeNaN ? [0] : [];
  return floats(Math.min(Math.sign(a.min), ...ofNaN), Math.max(Math.sign(a.max), ...ofNaN), false);
};

/** @returns "unknown" for a function that is not computed with floats. */
export const floatFunction = (name: FunctionName, a: FloatBounds, b: FloatBounds = a): FloatBounds | "unknown" => {
  // These two give numbers even of NaN.
  if (name === "power") return powers(a, b);
  if (name === "sign") return signs(a);
  if (isEmpty(a) || isEmpty(b)) return isFloatFunction(name) ? NONE : "unknown";
  const eitherNaN = a.mayBeNaN || b.mayBeNaN;
  switch (name) {
    case "add":
      return corners(a, b, eitherNaN || (hasInfinity(a) && hasInfinity(b)), (x, y) => x + y);
    case "subtract":
      return corners(a, b, eitherNaN || (hasInfinity(a) && hasInfinity(b)), (x, y) => x - y);
    case "multiply":
      return products(a, b);
    case "divide":
      return quotients(a, b);
    case "intDivide":
      return ascending(quotients(a, b), Math.trunc);
    case "remainder":
      return remainders(a, b);
    case "negate":
      return floats(-a.max, -a.min, a.mayBeNaN);
    case "abs":
      return floats(containsZeroFloat(a) ? 0 : Math.min(Math.abs(a.min), Math.abs(a.max)), magnitudeOf(a), a.mayBeNaN);
    case "floor":
    case "ceil":
    case "trunc":
      return ascending(a, Math[name]);
    case "sqrt":
      return ofPositive(a, Math.sqrt);
    case "exp":
      return outwards(ascending(a, Math.exp));
    case "ln":
      return ofPositive(a, Math.log);
    case "log2":
      return ofPositive(a, Math.log2);
    case "log10":
      return ofPositive(a, Math.log10);
    default:
      return "unknown";
  }
};

const isFloatFunction = (name: FunctionName): boolean => floatFunction(name, ALL_FLOATS) !== "unknown";

/**
 * Rounded to so many digits behind the point: no further away than one in the last of them. Before the point, what is no
 * number or infinite has no such digits and gives 0.
 */
export const roundedFloats = (a: FloatBounds, digits: number): FloatBounds => {
  const step = 10 ** -digits;
  if (digits < 0) return outwards(floats(Math.min(a.min - step, 0), Math.max(a.max + step, 0), a.mayBeNaN));
  return isEmpty(a) ? a : outwards(floats(a.min - step, a.max + step, a.mayBeNaN));
};
