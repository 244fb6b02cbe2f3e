/**
 * What expressions mean, row by row: slow and plain, integers as bigints, written apart from the evaluator that is tested
 * against it. Integers, dates (days) and timestamps (microseconds) are bigints; text is a string.
 */
import type { Call, Expression, Literal, ScalarType, ValueType } from "../../src/expression/expression.js";
import { plainDates } from "./plain-dates.js";
import { plainParse, plainPrint, plainText } from "./plain-text.js";

export type PlainValue = null | boolean | bigint | number | string | readonly PlainValue[];
export type PlainRow = ReadonlyMap<string, PlainValue>;
export type TypeOf = (expression: Expression) => ValueType;

/** A row that has no value. */
export class PlainFailure extends Error {
  constructor(readonly code: "INT64_OVERFLOW" | "CAST_FAILED" | "DATE_INVALID") {
    super(code);
  }
}

const isFloat = (type: ValueType): boolean => type === "float64" || type === "float32";
const isInteger = (type: ValueType): boolean => type.startsWith("int");

const plainLiteral = ({ type, value }: Literal): PlainValue => {
  if (value === null || typeof value === "boolean") return value;
  if (type === "utf8") return value;
  return isFloat(type) ? Number(value) : BigInt(value);
};

const int64 = (value: bigint): bigint => {
  if (value < -(2n ** 63n) || value >= 2n ** 63n) throw new PlainFailure("INT64_OVERFLOW");
  return value;
};

/** NaN last and equal to itself, -0 equal to 0; text by its UTF-8 bytes. */
export const plainCompare = (left: PlainValue, right: PlainValue): number => {
  if (typeof left === "string" && typeof right === "string")
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (typeof left === "bigint" && typeof right === "bigint") return left < right ? -1 : left > right ? 1 : 0;
  const [a, b] = [Number(left), Number(right)];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
};

const roundHalfAway = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x));

/** Brings a value to the type that it has among others. */
const converted = (value: PlainValue, from: ValueType, to: ValueType): PlainValue => {
  if (value === null || from === to) return value;
  if (isFloat(to)) return Number(value);
  if (from === "date" && to === "timestamp") return (value as bigint) * 86_400_000_000n;
  return value;
};

/** What values of several types are compared as. */
const commonType = (types: readonly ValueType[]): ValueType => {
  if (types.some(isFloat)) return "float64";
  if (types.includes("timestamp")) return "timestamp";
  return types.every(isInteger) ? "int64" : types[0]!;
};

const C_POW = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;

const roundTo = (x: number, digits: number): number => {
  const scale = 10 ** Math.abs(digits);
  const rounded = digits >= 0 ? roundHalfAway(x * scale) / scale : roundHalfAway(x / scale) * scale;
  if (Number.isFinite(rounded)) return rounded;
  return digits < 0 ? 0 : x;
};

const roundInteger = (x: bigint, digits: number): bigint => {
  if (digits >= 0) return x;
  const scale = 10n ** BigInt(-digits);
  const size = x < 0n ? -x : x;
  const rounded = ((size + scale / 2n) / scale) * scale;
  return int64(x < 0n ? -rounded : rounded);
};

const integerFunctions: Readonly<Record<string, (a: bigint, b: bigint) => bigint | null>> = {
  add: (a, b) => int64(a + b),
  subtract: (a, b) => int64(a - b),
  multiply: (a, b) => int64(a * b),
  intDivide: (a, b) => (b === 0n ? null : int64(a / b)),
  remainder: (a, b) => (b === 0n ? null : a % b),
  negate: (a) => int64(-a),
  abs: (a) => int64(a < 0n ? -a : a),
  sign: (a) => (a < 0n ? -1n : a > 0n ? 1n : 0n),
  floor: (a) => a,
  ceil: (a) => a,
  trunc: (a) => a,
};

const floatFunctions: Readonly<Record<string, (a: number, b: number) => number | null>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  intDivide: (a, b) => (b === 0 ? null : Math.trunc(a / b)),
  remainder: (a, b) => (b === 0 ? null : a % b),
  negate: (a) => -a,
  abs: Math.abs,
  sign: (a) => (a < 0 ? -1 : a > 0 ? 1 : 0),
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
};

const alwaysFloat: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  divide: (a, b) => a / b,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  power: C_POW,
  isNaN: Number.isNaN,
  isFinite: Number.isFinite,
};

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};

export const interpret = (root: Expression, row: PlainRow, typeOf: TypeOf): PlainValue => {
  const value = (expression: Expression): PlainValue => {
    switch (expression.kind) {
      case "column":
        return row.get(expression.name)!;
      case "literal":
        return plainLiteral(expression);
      case "case": {
        const type = typeOf(expression);
        const as = (branch: Expression): PlainValue => converted(value(branch), typeOf(branch), type);
        for (const branch of expression.branches) if (value(branch.when) === true) return as(branch.value);
        return expression.otherwise === null ? null : as(expression.otherwise);
      }
      case "isIn": {
        const input = value(expression.input);
        if (input === null) return expression.values.length === 0 ? null : null;
        const type = commonType([
          typeOf(expression.input),
          ...expression.values.filter((literal) => literal.value !== null).map((literal) => literal.type),
        ]);
        const tested = converted(input, typeOf(expression.input), type);
        let hasNull = false;
        for (const literal of expression.values) {
          const other = converted(plainLiteral(literal), literal.type, type);
          if (other === null) hasNull = true;
          else if (plainCompare(tested, other) === 0) return true;
        }
        return hasNull ? null : false;
      }
      case "cast":
        return cast(value(expression.input), typeOf(expression.input), expression.type, expression.onFailure);
      case "call":
        return call(expression);
      default:
        return expression satisfies never;
    }
  };

  const call = (expression: Call): PlainValue => {
    const { name, args } = expression;
    const types = args.map(typeOf);
    switch (name) {
      case "and":
      case "or": {
        let result: boolean | null = name === "and";
        for (const argument of args) {
          const next = value(argument);
          if (next === (name === "or")) return next;
          if (next === null) result = null;
        }
        return result;
      }
      case "coalesce": {
        for (const [index, argument] of args.entries()) {
          const next = value(argument);
          if (next !== null) return converted(next, types[index]!, typeOf(expression));
        }
        return null;
      }
      case "isNull":
        return value(args[0]!) === null;
      case "isNotNull":
        return value(args[0]!) !== null;
    }
    const values = args.map(value);
    if (name === "nullIf") {
      const [a, b] = values;
      if (a === null || b === null) return a!;
      const type = commonType(types);
      const isEqual = plainCompare(converted(a!, types[0]!, type), converted(b!, types[1]!, type)) === 0;
      return isEqual ? null : a!;
    }
    if (name === "least" || name === "greatest") {
      const type = typeOf(expression);
      let best: PlainValue = null;
      for (const [index, candidate] of values.entries()) {
        const next = converted(candidate, types[index]!, type);
        if (next === null) continue;
        const order = best === null ? -1 : plainCompare(next, best);
        if (best === null || (name === "least" ? order < 0 : order > 0)) best = next;
      }
      return best;
    }
    if (values.includes(null)) return null;
    if (name === "not") return values[0] === false;
    const comparison = comparisons[name];
    if (comparison !== undefined) {
      const type = commonType(types);
      return comparison(plainCompare(converted(values[0]!, types[0]!, type), converted(values[1]!, types[1]!, type)));
    }
    const toFloat = alwaysFloat[name];
    if (toFloat !== undefined) return toFloat(Number(values[0]), Number(values[1]));
    if (name === "round") {
      const digits = Number(values[1] ?? 0);
      return isFloat(types[0]!) ? roundTo(Number(values[0]), digits) : roundInteger(values[0] as bigint, digits);
    }
    if (integerFunctions[name] !== undefined) {
      if (types.every(isInteger)) return integerFunctions[name](values[0] as bigint, values[1] as bigint);
      return floatFunctions[name]!(Number(values[0]), Number(values[1]));
    }
    const list = values[0];
    if (Array.isArray(list)) return plainList(name, list, values[1], types);
    return plainDates(name, values, types) ?? plainText(name, values as readonly (string | bigint)[]);
  };

  return value(root);
};

const plainList = (
  name: string,
  list: readonly PlainValue[],
  value: PlainValue | undefined,
  types: readonly ValueType[],
): PlainValue => {
  if (name === "listLength") return BigInt(list.length);
  if (name === "listGet") {
    const position = value as bigint;
    const limit = BigInt(list.length);
    return position >= -limit && position < limit ? list.at(Number(position))! : null;
  }
  const [of, element] = [types[1]!, types[0]!.slice(5, -1) as ScalarType];
  const type = commonType([of, element]);
  const wanted = converted(value!, of, type);
  return list.some((item) => item !== null && plainCompare(converted(item, element, type), wanted) === 0);
};

const cast = (value: PlainValue, from: ValueType, to: ScalarType, onFailure: "error" | "null"): PlainValue => {
  if (value === null) return null;
  const result = castValue(value, from, to);
  if (result !== undefined) return result;
  if (onFailure === "null") return null;
  throw new PlainFailure("CAST_FAILED");
};

/** Undefined where the type does not hold the value. */
const castValue = (value: PlainValue, from: ValueType, to: ScalarType): PlainValue | undefined => {
  if (from === to) return value;
  if (from === "utf8") return plainParse(value as string, to);
  switch (to) {
    case "float64":
      return Number(value);
    case "float32": {
      const rounded = Math.fround(Number(value));
      return Number.isFinite(Number(value)) && !Number.isFinite(rounded) ? undefined : rounded;
    }
    case "boolean":
      return Number(value) !== 0;
    case "date": {
      const micros = value as bigint;
      const days = micros / 86_400_000_000n;
      return micros % 86_400_000_000n < 0n ? days - 1n : days;
    }
    case "timestamp": {
      const micros = (value as bigint) * 86_400_000_000n;
      return BigInt.asIntN(64, micros) === micros ? micros : undefined;
    }
    case "utf8":
      return plainPrint(value, from);
    default: {
      const bits = BigInt(to.slice(3));
      if (typeof value === "number" && !Number.isFinite(value)) return undefined;
      const integer = typeof value === "number" ? BigInt(roundHalfAway(value)) : BigInt(value as bigint | boolean);
      return integer >= -(2n ** (bits - 1n)) && integer < 2n ** (bits - 1n) ? integer : undefined;
    }
  }
};
