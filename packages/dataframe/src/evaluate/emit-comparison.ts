/** Comparison of numbers, booleans and dates: NaN equals NaN and comes after every number, -0 equals 0. */
import { DAY_MICROS } from "../calendar/dates.js";
import type { Call } from "../expression/expression.js";
import type { Loop } from "./loop.js";
import {
  anyNull,
  asBigint,
  asBit,
  asNumber,
  bigintOperand,
  booleanOperand,
  integerOperand,
  isFloat,
  type Operand,
  oneOf,
  SAFE_MAX,
} from "./operand.js";

/** Two operands as they are compared: both numbers, or both bigints. */
interface Pair {
  readonly a: string;
  readonly b: string;
  readonly aMayBeNaN: boolean;
  readonly bMayBeNaN: boolean;
}

/** A date as the timestamp of its midnight; perhaps one that no timestamp holds. */
export const asTimestamp = (operand: Operand): Operand => {
  if (operand.type !== "date") return operand;
  const low = operand.low * DAY_MICROS;
  const high = operand.high * DAY_MICROS;
  if (low >= -SAFE_MAX && high <= SAFE_MAX) {
    return integerOperand(`(${operand.value} * ${DAY_MICROS})`, operand.isNull, low, high, "timestamp");
  }
  return bigintOperand(`(${asBigint(operand)} * ${DAY_MICROS}n)`, operand.isNull, "timestamp");
};

const pairOf = (left: Operand, right: Operand): Pair => {
  const isMixed = left.type !== right.type && (left.type === "timestamp" || right.type === "timestamp");
  const [x, y] = isMixed ? [asTimestamp(left), asTimestamp(right)] : [left, right];
  if (!isFloat(x) && !isFloat(y) && (x.kind === "bigint" || y.kind === "bigint")) {
    return { a: asBigint(x), b: asBigint(y), aMayBeNaN: false, bMayBeNaN: false };
  }
  return { a: asNumber(x), b: asNumber(y), aMayBeNaN: x.mayBeNaN, bMayBeNaN: y.mayBeNaN };
};

const equalSource = ({ a, b, aMayBeNaN, bMayBeNaN }: Pair): string =>
  aMayBeNaN && bMayBeNaN ? `(${a} === ${b} || ${a} !== ${a} && ${b} !== ${b})` : `${a} === ${b}`;

const lessSource = ({ a, b, aMayBeNaN, bMayBeNaN }: Pair): string => {
  if (!bMayBeNaN) return `${a} < ${b}`;
  return aMayBeNaN ? `(${a} < ${b} || ${b} !== ${b} && ${a} === ${a})` : `!(${a} >= ${b})`;
};

const swapped = ({ a, b, aMayBeNaN, bMayBeNaN }: Pair): Pair => ({
  a: b,
  b: a,
  aMayBeNaN: bMayBeNaN,
  bMayBeNaN: aMayBeNaN,
});

const conditionOf = (name: string, pair: Pair): string | undefined => {
  switch (name) {
    case "eq":
      return equalSource(pair);
    case "ne":
      return `!(${equalSource(pair)})`;
    case "lt":
      return lessSource(pair);
    case "gt":
      return lessSource(swapped(pair));
    case "le":
      return `!(${lessSource(swapped(pair))})`;
    case "ge":
      return `!(${lessSource(pair)})`;
    default:
      return undefined;
  }
};

/** A boolean of a condition that says anything where `isNull` is 1. */
export const emitCondition = (loop: Loop, condition: string, isNull: string | undefined): Operand => {
  const value = asBit(condition);
  return booleanOperand(loop.let(isNull === undefined ? value : `${value} & (${isNull} ^ 1)`), isNull);
};

/** Whether two values are equal; for rows where neither is null. */
export const areEqual = (a: Operand, b: Operand): string => equalSource(pairOf(a, b));

const emitExtreme = (loop: Loop, name: "least" | "greatest", operands: readonly Operand[]): Operand => {
  const [first, ...others] = operands;
  let best = first!;
  for (const other of others) {
    const pair = pairOf(best, other);
    const less = lessSource(name === "least" ? swapped(pair) : pair);
    // The other one where it is the only one, or where both are there and it is better.
    let takes = `(${less})`;
    if (best.isNull !== undefined) takes = `(${best.isNull} === 1 || ${takes})`;
    if (other.isNull !== undefined) takes = `(${other.isNull} === 0 && ${takes})`;
    const value = loop.let(`${takes} ? ${pair.b} : ${pair.a}`);
    const isNull =
      best.isNull === undefined || other.isNull === undefined
        ? undefined
        : loop.let(`${best.isNull} & ${other.isNull}`);
    best = oneOf([best, other], value, isNull);
  }
  return best;
};

export const emitComparison = (loop: Loop, call: Call, operands: readonly Operand[]): Operand | undefined => {
  if (call.name === "least" || call.name === "greatest") return emitExtreme(loop, call.name, operands);
  const [a, b] = operands;
  if (a === undefined || b === undefined) return undefined;
  const condition = conditionOf(call.name, pairOf(a, b));
  return condition === undefined ? undefined : emitCondition(loop, condition, anyNull(a, b));
};
