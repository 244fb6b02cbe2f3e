/** Casts between numbers, booleans and dates. A value that the type does not hold fails, or is null: `onFailure`. */
import { DAY_MICROS } from "../calendar/dates.js";
import type { Cast } from "../expression/expression.js";
import { emitCondition } from "./emit-comparison.js";
import type { FailureSite, Loop } from "./loop.js";
import {
  asBigint,
  asBit,
  asNumber,
  bigintOperand,
  booleanOperand,
  floatOperand,
  integerOperand,
  isFloat,
  type Operand,
  SAFE_MAX,
} from "./operand.js";

const INTEGER_BITS = { int8: 8, int16: 16, int32: 32, int64: 64 } as const;

/** Rows where `condition` is true fail or become null. @returns when the row is null after that. */
const refuse = (loop: Loop, cast: Cast, condition: string, isNull: string | undefined): string | undefined => {
  if (cast.onFailure === "null") {
    const refused = asBit(condition);
    return loop.let(isNull === undefined ? refused : `${isNull} | ${refused}`);
  }
  loop.failIf(condition, isNull, { code: "CAST_FAILED", expression: cast } satisfies FailureSite);
  return isNull;
};

const toInteger = (loop: Loop, cast: Cast, operand: Operand, type: keyof typeof INTEGER_BITS): Operand => {
  const limit = 2 ** (INTEGER_BITS[type] - 1);
  const [low, high] = [-limit, limit - 1];
  const { isNull, kind, value } = operand;
  if (isFloat(operand)) return fromFloat(loop, cast, operand, type, limit);
  if (kind === "boolean") return integerOperand(value, isNull, 0, 1, type);
  if (type === "int64") return { ...operand, type };
  if (kind === "number" && operand.low >= low && operand.high <= high) return { ...operand, type };
  const nulls = refuse(loop, cast, `${value} < ${low} || ${value} > ${high}`, isNull);
  return integerOperand(loop.let(asNumber(operand)), nulls, low, high, type);
};

/** Half away from zero; NaN is no integer. */
const fromFloat = (
  loop: Loop,
  cast: Cast,
  { value, isNull }: Operand,
  type: keyof typeof INTEGER_BITS,
  limit: number,
): Operand => {
  const rounded = loop.let(`(${value} < 0 ? -Math.round(-${value}) : Math.round(${value})) + 0`);
  const nulls = refuse(loop, cast, `!(${rounded} >= -${limit} && ${rounded} < ${limit})`, isNull);
  if (type !== "int64") return integerOperand(rounded, nulls, -limit, limit - 1, type);
  if (loop.isExact) {
    return bigintOperand(
      loop.let(nulls === undefined ? `BigInt(${rounded})` : `${nulls} ? 0n : BigInt(${rounded})`),
      nulls,
    );
  }
  loop.assertSafe(rounded, nulls);
  return integerOperand(rounded, nulls, -SAFE_MAX, SAFE_MAX);
};

/** The last day of which every microsecond is exact as a number. */
const SAFE_DAYS_MAX = Math.floor(SAFE_MAX / DAY_MICROS) - 1;

const dateToTimestamp = (loop: Loop, cast: Cast, date: Operand): Operand => {
  const isSafe = date.low >= -SAFE_DAYS_MAX && date.high <= SAFE_DAYS_MAX;
  if (isSafe || !loop.isExact) {
    const value = loop.let(`${date.value} * ${DAY_MICROS}`);
    if (!isSafe) loop.assertSafe(value, date.isNull);
    const limit = SAFE_DAYS_MAX * DAY_MICROS;
    return integerOperand(value, date.isNull, -limit, limit, "timestamp");
  }
  const value = loop.let(`${asBigint(date)} * ${DAY_MICROS}n`);
  return bigintOperand(value, refuse(loop, cast, `BigInt.asIntN(64, ${value}) !== ${value}`, date.isNull), "timestamp");
};

/** The day in which a timestamp lies, before 1970 too. */
const daysOfTimestamp = (loop: Loop, { kind, value, isNull, low, high }: Operand): Operand => {
  const day = `${DAY_MICROS}`;
  if (kind === "bigint") {
    const rest = loop.let(`${value} % ${day}n`);
    const days = loop.let(`Number((${value} - ${rest}) / ${day}n) - ${asBit(`${rest} < 0n`)}`);
    return integerOperand(days, isNull, -106_751_992, 106_751_991, "date");
  }
  const bound = (micros: number): number => Math.floor(micros / DAY_MICROS);
  return integerOperand(loop.let(`Math.floor(${value} / ${day})`), isNull, bound(low), bound(high), "date");
};

export const emitCast = (loop: Loop, cast: Cast, operand: Operand): Operand => {
  const { type } = cast;
  switch (type) {
    case "float64":
      return floatOperand(loop.let(asNumber(operand)), operand.isNull, operand.mayBeNaN);
    case "float32": {
      const wide = loop.let(asNumber(operand));
      const value = loop.let(`Math.fround(${wide})`);
      const isTooLarge = `${value} - ${value} !== 0 && ${wide} - ${wide} === 0`;
      return { ...floatOperand(value, refuse(loop, cast, isTooLarge, operand.isNull), operand.mayBeNaN), type };
    }
    case "boolean":
      return operand.kind === "boolean"
        ? booleanOperand(operand.value, operand.isNull)
        : emitCondition(loop, `${operand.value} != 0`, operand.isNull);
    case "date":
      return operand.type === "timestamp" ? daysOfTimestamp(loop, operand) : operand;
    case "timestamp":
      return operand.type === "date" ? dateToTimestamp(loop, cast, operand) : operand;
    case "utf8":
      throw new Error("invariant: a loop does not make text");
    default:
      return toInteger(loop, cast, operand, type);
  }
};
