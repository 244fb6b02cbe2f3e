/** Expressions row by row, as slowly and plainly as they are defined; the types that the tests of rules need. */
import type { Expression, ValueType } from "../../src/expression/expression.js";
import { literalValue } from "../../src/expression/literal-value.js";
import { resolveType, type TypedColumn } from "../../src/expression/resolve-type.js";

export type Value = null | boolean | bigint | number | string | readonly Value[];
export type Row = ReadonlyMap<string, Value>;

/** The query would end with an error. */
export class Failure extends Error {}

const int64 = (value: bigint): bigint => {
  if (BigInt.asIntN(64, value) !== value) throw new Failure("overflow");
  return value;
};

/** Nulls last, NaN after every number, -0 equal to 0. */
export const order = (x: Value, y: Value): number => {
  if (x === null || y === null) return Number(x === null) - Number(y === null);
  if (typeof x === "string" && typeof y === "string") return Buffer.compare(Buffer.from(x), Buffer.from(y));
  if (typeof x === "bigint" && typeof y === "bigint") return x < y ? -1 : Number(x > y);
  const [a, b] = [Number(x), Number(y)];
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
};

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (by) => by === 0,
  ne: (by) => by !== 0,
  lt: (by) => by < 0,
  le: (by) => by <= 0,
  gt: (by) => by > 0,
  ge: (by) => by >= 0,
};

const roundHalfAway = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x));

const onIntegers = (name: string, x: bigint, y: bigint): Value => {
  switch (name) {
    case "add":
      return int64(x + y);
    case "subtract":
      return int64(x - y);
    case "multiply":
      return int64(x * y);
    case "divide":
      return Number(x) / Number(y);
    case "intDivide":
      return y === 0n ? null : int64(x / y);
    case "remainder":
      return y === 0n ? null : x % y;
    case "negate":
      return int64(-x);
    case "abs":
      return int64(x < 0n ? -x : x);
    case "sign":
      return x > 0n ? 1n : x < 0n ? -1n : 0n;
    case "floor":
    case "ceil":
    case "trunc":
    case "round":
      return x;
    default:
      return onFloats(name, Number(x), Number(y));
  }
};

const onFloats = (name: string, x: number, y: number): Value => {
  switch (name) {
    case "add":
      return x + y;
    case "subtract":
      return x - y;
    case "multiply":
      return x * y;
    case "divide":
      return x / y;
    case "intDivide":
      return y === 0 ? null : Math.trunc(x / y);
    case "remainder":
      return y === 0 ? null : x % y;
    case "negate":
      return -x;
    case "abs":
      return Math.abs(x);
    case "sign":
      return Number(x > 0) - Number(x < 0);
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    case "trunc":
      return Math.trunc(x);
    case "round":
      return roundHalfAway(x);
    case "sqrt":
      return Math.sqrt(x);
    case "exp":
      return Math.exp(x);
    case "ln":
      return Math.log(x);
    case "log2":
      return Math.log2(x);
    case "log10":
      return Math.log10(x);
    case "power":
      return x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;
    case "isNaN":
      return Number.isNaN(x);
    case "isFinite":
      return Number.isFinite(x);
    default:
      throw new Error(`no plain ${name}`);
  }
};

/** A value of one type as one of the type that it has in common with others. */
const as = (type: ValueType, value: Value): Value =>
  type === "float64" && typeof value === "bigint" ? Number(value) : value;

/** @throws {@link Failure} where the query would end. */
export const plainValue = (node: Expression, row: Row, columns: readonly TypedColumn[]): Value => {
  const at = (inner: Expression): Value => plainValue(inner, row, columns);
  switch (node.kind) {
    case "column":
      return row.get(node.name)!;
    case "literal":
      return literalValue(node);
    case "case": {
      const branch = node.branches.find(({ when }) => at(when) === true);
      const value = branch === undefined ? (node.otherwise === null ? null : at(node.otherwise)) : at(branch.value);
      return as(resolveType(node, columns), value);
    }
    case "isIn": {
      const input = at(node.input);
      if (input === null) return null;
      if (node.values.some((value) => value.value !== null && order(input, literalValue(value)) === 0)) return true;
      return node.values.some(({ value }) => value === null) ? null : false;
    }
    case "cast":
      return plainCast(at(node.input), node.type, node.onFailure);
    case "call":
      return plainCall(node.name, node.args, at, () => resolveType(node, columns));
  }
};

const BITS: Readonly<Record<string, number>> = { int8: 8, int16: 16, int32: 32, int64: 64 };

const plainCast = (value: Value, type: string, onFailure: "error" | "null"): Value => {
  if (value === null) return null;
  if (type === "float64") return Number(value);
  if (type === "utf8") return String(value);
  if (type === "boolean") return Number(value) !== 0;
  const whole = typeof value === "number" ? roundHalfAway(value) : value;
  const integer = typeof whole === "number" && !Number.isFinite(whole) ? undefined : BigInt(whole as bigint);
  if (integer !== undefined && BigInt.asIntN(BITS[type]!, integer) === integer) return integer;
  if (onFailure === "error") throw new Failure("cast");
  return null;
};

const plainCall = (
  name: string,
  args: readonly Expression[],
  at: (expression: Expression) => Value,
  type: () => ValueType,
): Value => {
  if (name === "and" || name === "or") {
    let result: Value = name === "and";
    for (const arg of args) {
      const value = at(arg);
      if (value === (name === "or")) return value;
      if (value === null) result = null;
    }
    return result;
  }
  if (name === "coalesce") {
    for (const arg of args) {
      const value = at(arg);
      if (value !== null) return as(type(), value);
    }
    return null;
  }
  const values = args.map(at);
  if (name === "isNull" || name === "isNotNull") return (values[0] === null) === (name === "isNull");
  if (name === "least" || name === "greatest") {
    const sign = name === "least" ? 1 : -1;
    const there = values.filter((value) => value !== null);
    if (there.length === 0) return null;
    return as(
      type(),
      there.reduce((best, value) => (order(value, best) * sign < 0 ? value : best)),
    );
  }
  const [x, y = 0n] = values as [Value, Value?];
  if (name === "nullIf") return x !== null && y !== null && order(x, y) === 0 ? null : x;
  if (values.includes(null)) return null;
  if (name === "not") return !x;
  if (Object.hasOwn(COMPARISONS, name)) return COMPARISONS[name]!(order(x, y));
  if (typeof x === "string") return plainText(name, values as string[]);
  if (typeof x === "bigint" && typeof y === "bigint") return onIntegers(name, x, y);
  const result = onFloats(name, Number(x), Number(y));
  return result;
};

const plainText = (name: string, [x, y]: readonly string[]): Value => {
  switch (name) {
    case "length":
      return BigInt(Array.from(x!).length);
    case "byteLength":
      return BigInt(Buffer.byteLength(x!));
    case "lower":
      return x!.toLowerCase();
    case "upper":
      return x!.toUpperCase();
    case "concat":
      return x! + y!;
    case "contains":
      return x!.includes(y!);
    case "startsWith":
      return x!.startsWith(y!);
    default:
      throw new Error(`no plain ${name}`);
  }
};
