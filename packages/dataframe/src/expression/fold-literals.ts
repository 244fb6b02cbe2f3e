/**
 * Calls of constants as constants: exactly the value that the engine would compute. What would fail stays a call, so that
 * it fails when it runs; what depends on a library of the machine (logarithms, text of floats) stays a call too.
 */
import type { Literal } from "./expression.js";
import type { FunctionName } from "./functions.js";
import { holdsInteger, type LiteralValue, literalOf, literalValue } from "./literal-value.js";

const asNumber = (value: LiteralValue): number => Number(value);

/** 64 bits, or nothing: the engine reports the overflow. */
const integer = (value: bigint): Literal | undefined =>
  holdsInteger("int64", value) ? literalOf("int64", value) : undefined;
const float = (value: number): Literal => literalOf("float64", value);
const bool = (value: boolean): Literal => literalOf("boolean", value);

const abs = (value: bigint): bigint => (value < 0n ? -value : value);
const sign = (value: bigint | number): number => (value > 0 ? 1 : 0) - (value < 0 ? 1 : 0);

const onIntegers = (name: FunctionName, [a, b = 0n]: readonly bigint[]): Literal | undefined => {
  const [x, y] = [a!, b];
  switch (name) {
    case "add":
      return integer(x + y);
    case "subtract":
      return integer(x - y);
    case "multiply":
      return integer(x * y);
    case "divide":
      return float(Number(x) / Number(y));
    case "intDivide":
      return y === 0n ? literalOf("int64", null) : integer(x / y);
    case "remainder":
      return y === 0n ? literalOf("int64", null) : integer(x % y);
    case "negate":
      return integer(-x);
    case "abs":
      return integer(abs(x));
    case "sign":
      return integer(BigInt(sign(x)));
    case "floor":
    case "ceil":
    case "trunc":
      return integer(x);
    default:
      return undefined;
  }
};

const onFloats = (name: FunctionName, [a, b = 0]: readonly number[]): Literal | undefined => {
  const [x, y] = [a!, b];
  switch (name) {
    case "add":
      return float(x + y);
    case "subtract":
      return float(x - y);
    case "multiply":
      return float(x * y);
    case "divide":
      return float(x / y);
    case "intDivide":
      return literalOf("float64", y === 0 ? null : Math.trunc(x / y));
    case "remainder":
      return literalOf("float64", y === 0 ? null : x % y);
    case "negate":
      return float(-x);
    case "abs":
      return float(Math.abs(x));
    case "sign":
      return float(sign(x));
    case "floor":
    case "ceil":
    case "trunc":
      return float(Math[name](x));
    case "isNaN":
      return bool(Number.isNaN(x));
    case "isFinite":
      return bool(Number.isFinite(x));
    default:
      return undefined;
  }
};

/** They become U+FFFD on their way to bytes, and are equal then. */
const hasLoneSurrogate = (value: LiteralValue): boolean => typeof value === "string" && /\p{Surrogate}/u.test(value);

/** NaN equals NaN and comes after every number; text compares by its UTF-8 bytes, which is the order of code points. */
const compare = (left: LiteralValue, right: LiteralValue): number => {
  if (typeof left === "string" && typeof right === "string") return compareCodePoints(left, right);
  const [x, y] =
    typeof left === typeof right && typeof left !== "number" ? [left!, right!] : [asNumber(left), asNumber(right)];
  if (x < y) return -1;
  if (x > y) return 1;
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
};

const compareCodePoints = (left: string, right: string): number => {
  const [x, y] = [Array.from(left, codePoint), Array.from(right, codePoint)];
  const at = x.findIndex((point, index) => point !== y[index]);
  return at < 0 ? x.length - y.length : x[at]! - (y[at] ?? -1);
};
const codePoint = (character: string): number => character.codePointAt(0)!;

const onOrder = (name: FunctionName, order: number): Literal | undefined => {
  switch (name) {
    case "eq":
      return bool(order === 0);
    case "ne":
      return bool(order !== 0);
    case "lt":
      return bool(order < 0);
    case "le":
      return bool(order <= 0);
    case "gt":
      return bool(order > 0);
    case "ge":
      return bool(order >= 0);
    default:
      return undefined;
  }
};

/** A date is the timestamp of its midnight where it meets one. */
const DAY_MICROS = 86_400_000_000n;
const timeValues = (args: readonly Literal[]): readonly LiteralValue[] => {
  const isMixed = args.some(({ type }) => type === "timestamp");
  return args.map((arg) =>
    isMixed && arg.type === "date" ? (literalValue(arg) as bigint) * DAY_MICROS : literalValue(arg),
  );
};

const isNumberType = (type: string): boolean => /^(?:int|float)/.test(type);

/**
 * @param args - constants that are not null, of types that the function takes.
 * @returns undefined where the call stays as it is.
 */
export const foldCall = (name: FunctionName, args: readonly Literal[]): Literal | undefined => {
  const values = timeValues(args);
  if (values.length === 2 && !values.some(hasLoneSurrogate)) {
    const folded = onOrder(name, compare(values[0]!, values[1]!));
    if (folded !== undefined) return folded;
  }
  if (!args.every(({ type }) => isNumberType(type))) return undefined;
  if (values.every((value) => typeof value === "bigint")) {
    if (name === "isNaN" || name === "isFinite") return bool(name === "isFinite");
    return onIntegers(name, values);
  }
  return onFloats(name, values.map(asNumber));
};
