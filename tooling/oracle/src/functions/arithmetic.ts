/** Numbers. Integers are exact, and each result must be an int64; floats are IEEE's. */
import { checkedInt64 } from "../failure.js";
import { arithmeticType, isInteger } from "../types.js";
import type { Exact } from "../values.js";
import { type FunctionOfRow, literalInteger, strict } from "./function-table.js";

/** `integers` where all arguments are, otherwise `floats` of all as floats. Integers may give null. */
const numeric =
  (
    name: string,
    integers: (...values: bigint[]) => bigint | null,
    floats: (...values: number[]) => number | null,
  ): FunctionOfRow =>
  (args) =>
    arithmeticType(args.map(({ type }) => type)) === "int64"
      ? strict("int64", args, (...values) => {
          const result = integers(...(values as bigint[]));
          return result === null ? null : checkedInt64(result, `${name}(${values.join(", ")})`);
        })
      : strict("float64", args, (...values) => floats(...values.map(Number)));

const floatOf =
  (compute: (...values: number[]) => number): FunctionOfRow =>
  (args) =>
    strict("float64", args, (...values) => compute(...values.map(Number)));

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** To the nearest integer, half away from zero; keeps the sign of a zero. */
export const roundHalfAway = (value: number): number => {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
};

const roundFloat = (value: number, digits: number): number => {
  const scale = 10 ** Math.abs(digits);
  const rounded = digits < 0 ? roundHalfAway(value / scale) * scale : roundHalfAway(value * scale) / scale;
  if (Number.isFinite(rounded)) return rounded;
  return digits < 0 ? 0 : value; // the scale is beyond what floats hold
};

const roundInteger = (value: bigint, digits: number): bigint => {
  if (digits >= 0) return value;
  const scale = 10n ** BigInt(-digits);
  const up = (absolute(value) + scale / 2n) / scale;
  return value < 0n ? -up * scale : up * scale;
};

const round: FunctionOfRow = ([input], [, digitsLiteral]) => {
  const digits = digitsLiteral === undefined ? 0 : literalInteger(digitsLiteral);
  return numeric(
    "round",
    (value) => roundInteger(value!, digits),
    (value) => (digits === 0 ? roundHalfAway(value!) : roundFloat(value!, digits)),
  )([input!], []);
};

const same = (value: bigint | undefined): bigint => value!;

const test =
  (ofFloat: (value: number) => boolean): FunctionOfRow =>
  ([input]) =>
    strict("boolean", [input!], (value): Exact => ofFloat(isInteger(input!.type) ? 0 : (value as number)));

/** As C and IEEE 754 have it, not JavaScript: 1 to whatever power is 1, and -1 to an infinite one too. */
const power = (base: number, exponent: number): number =>
  base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY) ? 1 : base ** exponent;

export const ARITHMETIC = {
  add: numeric(
    "add",
    (a, b) => a! + b!,
    (a, b) => a! + b!,
  ),
  subtract: numeric(
    "subtract",
    (a, b) => a! - b!,
    (a, b) => a! - b!,
  ),
  multiply: numeric(
    "multiply",
    (a, b) => a! * b!,
    (a, b) => a! * b!,
  ),
  divide: floatOf((a, b) => a! / b!),
  intDivide: numeric(
    "intDivide",
    (a, b) => (b === 0n ? null : a! / b!),
    (a, b) => (b === 0 ? null : Math.trunc(a! / b!)),
  ),
  remainder: numeric(
    "remainder",
    (a, b) => (b === 0n ? null : a! % b!),
    (a, b) => (b === 0 ? null : a! % b!),
  ),
  negate: numeric(
    "negate",
    (value) => -value!,
    (value) => -value!,
  ),
  abs: numeric(
    "abs",
    (value) => absolute(value!),
    (value) => Math.abs(value!),
  ),
  sign: numeric(
    "sign",
    (value) => (value! < 0n ? -1n : value! > 0n ? 1n : 0n),
    (value) => (value! < 0 ? -1 : value! > 0 ? 1 : 0),
  ),
  round,
  floor: numeric("floor", same, (value) => Math.floor(value!)),
  ceil: numeric("ceil", same, (value) => Math.ceil(value!)),
  trunc: numeric("trunc", same, (value) => Math.trunc(value!)),
  sqrt: floatOf((value) => Math.sqrt(value!)),
  exp: floatOf((value) => Math.exp(value!)),
  ln: floatOf((value) => Math.log(value!)),
  log2: floatOf((value) => Math.log2(value!)),
  log10: floatOf((value) => Math.log10(value!)),
  power: floatOf((base, exponent) => power(base!, exponent!)),
  isNaN: test(Number.isNaN),
  isFinite: test(Number.isFinite),
};
