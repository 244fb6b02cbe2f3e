/** Functions that are null where an argument is null, by the bounds of their arguments. */
import { civilOfDays, yearOfCivil } from "../../calendar/civil.js";
import type { Call, ValueType } from "../expression.js";
import type { FunctionName } from "../functions.js";
import { isNumber } from "../value-types.js";
import { castBounds, within } from "./cast-bounds.js";
import { compareBounds, mayStartWith, possibleOrders } from "./compare-bounds.js";
import { containsZeroFloat, floatFunction, roundedFloats } from "./float-arithmetic.js";
import { containsZero, integerFunction, roundedIntegers } from "./integer-arithmetic.js";
import {
  ALL_BOOLEANS,
  type Bounds,
  booleans,
  boundsOfType,
  DAY_MICROS,
  type FloatBounds,
  INT64,
  type IntegerBounds,
  integers,
  toFloats,
  type ValueBounds,
} from "./value-bounds.js";

/** Functions whose results lie in a fixed range. Lengths are those of the text of a chunk. */
const RANGES: { readonly [Name in FunctionName]?: readonly [min: bigint, max: bigint] } = {
  quarter: [1n, 4n],
  month: [1n, 12n],
  day: [1n, 31n],
  dayOfYear: [1n, 366n],
  dayOfWeek: [0n, 6n],
  week: [1n, 53n],
  hour: [0n, 23n],
  minute: [0n, 59n],
  second: [0n, 59n],
  microsecond: [0n, 999_999n],
  length: [0n, 2n ** 32n],
  byteLength: [0n, 2n ** 32n],
  listLength: [0n, 2n ** 32n],
};

/** A year is as old as its days. */
const yearsOf = ({ min, max }: IntegerBounds, type: ValueType): IntegerBounds => {
  const year = (value: bigint): bigint => {
    const day =
      type === "date" ? value : (castBounds(integers(value, value), type, "date").values as IntegerBounds).min;
    return BigInt(yearOfCivil(civilOfDays(Number(day))));
  };
  return integers(year(min), year(max));
};

/** Days of the longest unit that a time is cut to. */
const YEAR_DAYS = 366n;

/** Of values alone: nulls and failures of the arguments are the caller's. */
const certain = (values: ValueBounds): Bounds => ({ values, mayBeNull: false, mayFail: false });

/**
 * @param types - of the arguments.
 * @param values - what the arguments can be where none is null.
 * @returns undefined for a function of which nothing is known here.
 */
export const functionBounds = (
  call: Call,
  types: readonly ValueType[],
  values: readonly ValueBounds[],
): Bounds | undefined => {
  const { name } = call;
  const [first, second] = values;
  if (first !== undefined && second !== undefined) {
    const compared = compareBounds(name, possibleOrders(first, second, [types[0]!, types[1]!]));
    if (compared !== undefined) return certain(compared);
  }
  const range = RANGES[name];
  if (range !== undefined) return certain(integers(...range));
  switch (name) {
    case "isNaN":
    case "isFinite":
      return certain(ofFloatTest(name, first!));
    case "startsWith":
      return certain(booleans(isPrefixPossible(first!, second!), true));
    case "year":
      return certain(first?.kind === "integers" ? yearsOf(first, types[0]!) : INT64);
    case "truncate":
      return truncated(first as IntegerBounds, types[0]!);
    default:
      return types.every(isNumber) ? ofNumbers(call, values as readonly NumberBounds[]) : undefined;
  }
};

type NumberBounds = IntegerBounds | FloatBounds;
const isIntegers = (bounds: NumberBounds): bounds is IntegerBounds => bounds.kind === "integers";

const ofNumbers = (call: Call, numbers: readonly NumberBounds[]): Bounds | undefined => {
  const { name } = call;
  const mayBeNull = (name === "intDivide" || name === "remainder") && mayBeZero(numbers[1]!);
  if (numbers.every(isIntegers)) {
    const [a, b] = numbers;
    const exact = name === "round" ? roundedIntegers(a!, -digitsOf(call)) : integerFunction(name, a!, b);
    if (exact === undefined) return { values: undefined, mayBeNull, mayFail: false };
    if (exact !== "unknown") {
      const { values, mayMisfit } = within(exact, INT64);
      return { values, mayBeNull, mayFail: mayMisfit };
    }
  }
  const [x, y] = numbers.map(toFloats);
  const values = name === "round" ? roundedFloats(x!, digitsOf(call)) : floatFunction(name, x!, y);
  return values === "unknown" ? undefined : { values, mayBeNull, mayFail: false };
};

/** Not after the time itself, and not much before it. */
const truncated = (bounds: IntegerBounds, type: ValueType): Bounds => {
  const longest = type === "date" ? YEAR_DAYS : YEAR_DAYS * DAY_MICROS;
  const { values, mayMisfit } = within(integers(bounds.min - longest, bounds.max), boundsOfType(type) as IntegerBounds);
  return { values, mayBeNull: false, mayFail: mayMisfit };
};

const mayBeZero = (bounds: IntegerBounds | FloatBounds): boolean =>
  bounds.kind === "integers" ? containsZero(bounds) : containsZeroFloat(bounds);

const digitsOf = ({ args: [, digits] }: Call): number => (digits?.kind === "literal" ? Number(digits.value) : 0);

const ofFloatTest = (name: "isNaN" | "isFinite", bounds: ValueBounds): ValueBounds => {
  if (bounds.kind === "integers") return booleans(name === "isFinite", name === "isNaN");
  if (bounds.kind !== "floats") return ALL_BOOLEANS;
  const { min, max, mayBeNaN } = bounds;
  if (name === "isNaN") return booleans(mayBeNaN, min <= max);
  const hasInfinity = min === Number.NEGATIVE_INFINITY || max === Number.POSITIVE_INFINITY;
  return booleans(
    min < Number.POSITIVE_INFINITY && max > Number.NEGATIVE_INFINITY && min <= max,
    mayBeNaN || hasInfinity,
  );
};

/** Known only for one prefix. */
const isPrefixPossible = (text: ValueBounds, prefix: ValueBounds): boolean => {
  if (text.kind !== "texts" || prefix.kind !== "texts" || prefix.min === undefined || prefix.max === undefined)
    return true;
  const isOne =
    prefix.min.length === prefix.max.length && prefix.min.every((byte, index) => byte === prefix.max![index]);
  return !isOne || mayStartWith(text, prefix.min);
};
