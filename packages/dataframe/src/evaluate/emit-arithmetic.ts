/** Numbers: integers exact, or `INT64_OVERFLOW`; floats as IEEE 754. */
import type { Call } from "../expression/expression.js";
import { emitCondition } from "./emit-comparison.js";
import type { FailureSite, Loop } from "./loop.js";
import {
  anyNull,
  asBigint,
  asBit,
  asNumber,
  bigintOperand,
  floatOperand,
  integerOperand,
  isFloat,
  type Operand,
  SAFE_MAX,
} from "./operand.js";

const OPERATORS = { add: "+", subtract: "-", multiply: "*" } as const;
type Operator = keyof typeof OPERATORS;

const overflow = (expression: Call): FailureSite => ({ code: "INT64_OVERFLOW", expression });

/** An integer that was computed as a number; -0 must not be in it. */
const safeInteger = (loop: Loop, source: string, isNull: string | undefined, low: number, high: number): Operand => {
  const value = loop.let(source);
  if (low >= -SAFE_MAX && high <= SAFE_MAX) return integerOperand(value, isNull, low, high);
  loop.assertSafe(value, isNull);
  return integerOperand(value, isNull, Math.max(low, -SAFE_MAX), Math.min(high, SAFE_MAX));
};

/** An integer that was computed as a bigint. */
const checkedBigint = (loop: Loop, source: string, isNull: string | undefined, site: FailureSite): Operand => {
  const value = loop.let(source);
  loop.failIf(`BigInt.asIntN(64, ${value}) !== ${value}`, isNull, site);
  return bigintOperand(value, isNull);
};

const boundsOf = (operator: Operator, a: Operand, b: Operand): readonly [low: number, high: number] => {
  if (operator === "add") return [a.low + b.low, a.high + b.high];
  if (operator === "subtract") return [a.low - b.high, a.high - b.low];
  const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return [Math.min(...corners), Math.max(...corners)];
};

/** Whether this loop computes an integer of those bounds, from these operands, as a number. */
const isNumberEnough = (loop: Loop, low: number, high: number, ...operands: readonly Operand[]): boolean =>
  operands.every(({ kind }) => kind === "number") && (!loop.isExact || (low >= -SAFE_MAX && high <= SAFE_MAX));

const isInt32 = (low: number, high: number): boolean => low >= -(2 ** 31) && high < 2 ** 31;

const emitOperator = (loop: Loop, call: Call, operator: Operator, a: Operand, b: Operand): Operand => {
  const isNull = anyNull(a, b);
  const symbol = OPERATORS[operator];
  if (isFloat(a) || isFloat(b)) return floatOperand(loop.let(`${asNumber(a)} ${symbol} ${asNumber(b)}`), isNull);
  const [low, high] = boundsOf(operator, a, b);
  if (!isNumberEnough(loop, low, high, a, b)) {
    return checkedBigint(loop, `${asBigint(a)} ${symbol} ${asBigint(b)}`, isNull, overflow(call));
  }
  if (isInt32(low, high) && isInt32(a.low, a.high) && isInt32(b.low, b.high)) {
    // Said in a way that needs no look for what is larger, or -0.
    const small =
      operator === "multiply" ? `Math.imul(${a.value}, ${b.value})` : `(${a.value} ${symbol} ${b.value}) | 0`;
    return integerOperand(loop.let(small), isNull, low, high);
  }
  const mayBeMinusZero = operator === "multiply" && (a.low < 0 || b.low < 0);
  const source = `${a.value} ${symbol} ${b.value}${mayBeMinusZero ? " + 0" : ""}`;
  return safeInteger(loop, source, isNull, low, high);
};

const nullOrZero = (loop: Loop, a: Operand, b: Operand): string | undefined => {
  const isNull = anyNull(a, b);
  if (!isFloat(b) && (b.low > 0 || b.high < 0)) return isNull;
  const byZero = asBit(`${b.value} == 0`);
  return loop.let(isNull === undefined ? byZero : `${isNull} | ${byZero}`);
};

/** Quotient truncated toward zero, or remainder with the sign of the dividend; null by zero. */
const emitIntegerDivision = (loop: Loop, call: Call, a: Operand, b: Operand): Operand => {
  const isQuotient = call.name === "intDivide";
  const isNull = nullOrZero(loop, a, b);
  if (isFloat(a) || isFloat(b)) {
    const [x, y] = [asNumber(a), asNumber(b)];
    return floatOperand(loop.let(isQuotient ? `Math.trunc(${x} / ${y})` : `${x} % ${y}`), isNull);
  }
  if (a.kind === "bigint" || b.kind === "bigint") {
    const divisor = isNull === undefined ? asBigint(b) : loop.let(`${isNull} ? 1n : ${asBigint(b)}`);
    const source = `${asBigint(a)} ${isQuotient ? "/" : "%"} ${divisor}`;
    return isQuotient
      ? checkedBigint(loop, source, isNull, overflow(call)) // -2^63 by -1
      : bigintOperand(loop.let(source), isNull);
  }
  const magnitude = Math.max(Math.abs(a.low), Math.abs(a.high));
  if (isQuotient) {
    // Exact below 2^53: a quotient that is no integer is too far from the next one to be rounded to it.
    const value = loop.let(`Math.trunc(${a.value} / ${b.value}) + 0`);
    return integerOperand(value, isNull, -magnitude, magnitude);
  }
  return integerOperand(loop.let(`${a.value} % ${b.value} + 0`), isNull, Math.min(0, a.low), Math.max(0, a.high));
};

const emitNegateOrAbs = (loop: Loop, call: Call, a: Operand): Operand => {
  const isAbs = call.name === "abs";
  if (isFloat(a)) {
    const value = loop.let(isAbs ? `Math.abs(${a.value})` : `-${a.value}`);
    return floatOperand(value, a.isNull, a.mayBeNaN);
  }
  if (a.kind === "bigint") {
    const value = asBigint(a);
    const source = isAbs ? `${value} < 0n ? -${value} : ${value}` : `-${value}`;
    return checkedBigint(loop, source, a.isNull, overflow(call));
  }
  if (!isAbs) return integerOperand(loop.let(`0 - ${a.value}`), a.isNull, -a.high, -a.low);
  const magnitude = Math.max(Math.abs(a.low), Math.abs(a.high));
  return integerOperand(loop.let(`Math.abs(${a.value})`), a.isNull, 0, magnitude);
};

/** 0 for NaN and for both zeros. */
const emitSign = (loop: Loop, a: Operand): Operand => {
  const value = loop.let(`${asBit(`${a.value} > 0`)} - ${asBit(`${a.value} < 0`)}`);
  return isFloat(a) ? floatOperand(value, a.isNull, false) : integerOperand(value, a.isNull, -1, 1);
};

const half = (x: string): string => `(${x} < 0 ? -Math.round(-${x}) : Math.round(${x}))`;

/** Half away from zero; of a power of ten as doubles see it. */
const emitRound = (loop: Loop, call: Call, a: Operand): Operand => {
  const [, second] = call.args;
  const digits = second?.kind === "literal" ? Number(second.value) : 0;
  if (isFloat(a)) {
    if (digits === 0) return floatOperand(loop.let(half(a.value)), a.isNull, a.mayBeNaN);
    const scale = loop.parameter("k", 10 ** Math.abs(digits));
    const [into, back] = digits > 0 ? ["*", "/"] : ["/", "*"];
    const scaled = loop.let(`${a.value} ${into} ${scale}`);
    const rounded = loop.let(`${half(scaled)} ${back} ${scale}`);
    // Beyond what can be scaled: it has no such digits, or nothing but such.
    return floatOperand(
      loop.let(`Number.isFinite(${rounded}) ? ${rounded} : ${digits > 0 ? a.value : "0"}`),
      a.isNull,
      digits > 0 && a.mayBeNaN,
    );
  }
  if (digits >= 0) return { ...a, type: "int64" };
  if (digits < -19) return integerOperand("0", a.isNull, 0, 0);
  if (a.kind === "number") {
    const scale = loop.parameter("k", 10 ** -digits);
    const magnitude = Math.max(Math.abs(a.low), Math.abs(a.high)) + 10 ** -digits;
    if (10 ** -digits <= 2 ** 50 && isNumberEnough(loop, -magnitude, magnitude, a)) {
      const rest = loop.let(`${a.value} % ${scale}`);
      const away = `(Math.abs(${rest}) * 2 >= ${scale} ? ${rest} < 0 ? -${scale} : ${scale} : 0)`;
      return safeInteger(loop, `${a.value} - ${rest} + ${away} + 0`, a.isNull, -magnitude, magnitude);
    }
  }
  const wide = loop.let(asBigint(a));
  const scale = loop.parameter("g", 10n ** BigInt(-digits));
  const rest = loop.let(`${wide} % ${scale}`);
  const away = `(${rest} * 2n >= ${scale} ? ${scale} : ${rest} * -2n >= ${scale} ? -${scale} : 0n)`;
  return checkedBigint(loop, `${wide} - ${rest} + ${away}`, a.isNull, overflow(call));
};

const FLOAT_FUNCTIONS: Readonly<Record<string, string>> = {
  sqrt: "Math.sqrt",
  exp: "Math.exp",
  ln: "Math.log",
  log2: "Math.log2",
  log10: "Math.log10",
};

/** As C's pow, which JavaScript's is not for these bases and exponents that are infinite or NaN. */
const emitPower = (loop: Loop, a: Operand, b: Operand): Operand => {
  const x = loop.let(asNumber(a));
  const y = loop.let(asNumber(b));
  const isOne = `${x} === 1 || ${x} === -1 && (${y} === Infinity || ${y} === -Infinity)`;
  return floatOperand(loop.let(`${isOne} ? 1 : ${x} ** ${y}`), anyNull(a, b));
};

export const emitArithmetic = (loop: Loop, call: Call, operands: readonly Operand[]): Operand | undefined => {
  const a = operands[0]!;
  const b = operands[1]!;
  switch (call.name) {
    case "add":
    case "subtract":
    case "multiply":
      return emitOperator(loop, call, call.name, a, b);
    case "divide":
      return floatOperand(loop.let(`${asNumber(a)} / ${asNumber(b)}`), anyNull(a, b));
    case "intDivide":
    case "remainder":
      return emitIntegerDivision(loop, call, a, b);
    case "negate":
    case "abs":
      return emitNegateOrAbs(loop, call, a);
    case "sign":
      return emitSign(loop, a);
    case "round":
      return emitRound(loop, call, a);
    case "floor":
    case "ceil":
    case "trunc":
      return isFloat(a)
        ? floatOperand(loop.let(`Math.${call.name}(${a.value})`), a.isNull, a.mayBeNaN)
        : { ...a, type: "int64" };
    case "sqrt":
    case "exp":
    case "ln":
    case "log2":
    case "log10":
      return floatOperand(loop.let(`${FLOAT_FUNCTIONS[call.name]}(${asNumber(a)})`), a.isNull);
    case "power":
      return emitPower(loop, a, b);
    case "isNaN":
    case "isFinite": {
      const x = asNumber(a);
      const test = isFloat(a)
        ? call.name === "isNaN"
          ? `${x} !== ${x}`
          : `${x} - ${x} === 0`
        : `${call.name === "isFinite"}`;
      return emitCondition(loop, test, a.isNull);
    }
    default:
      return undefined;
  }
};
