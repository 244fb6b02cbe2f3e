/**
 * What a piece of generated code computed for the current row: names of variables in that code, and what is known about
 * them. Null and truth are the numbers 0 and 1, so that they combine without branches.
 */
import type { ScalarType } from "../expression/expression.js";

/** How a value lies in a variable. Integers are numbers where they are exact, bigints where they may be beyond 2^53. */
type OperandKind = "number" | "bigint" | "boolean";

export interface Operand {
  readonly type: Exclude<ScalarType, "utf8">;
  readonly kind: OperandKind;
  /** An expression that is cheap and may be repeated. Of a null row anything of the kind; of a null boolean 0. */
  readonly value: string;
  /** 1 where the row is null; undefined: no row is. */
  readonly isNull: string | undefined;
  /** Bounds of an integer; infinite where nothing is known. Floats leave them infinite. */
  readonly low: number;
  readonly high: number;
  /** Floats: whether a row may be NaN. */
  readonly mayBeNaN: boolean;
}

/** Integers up to here are exact as numbers, and so is every sum or product that stays below. */
export const SAFE_MAX = Number.MAX_SAFE_INTEGER;

export const isFloatType = (type: ScalarType): boolean => type === "float64" || type === "float32";

export const isFloat = (operand: Operand): boolean => isFloatType(operand.type);

const UNBOUNDED = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY } as const;

export const floatOperand = (value: string, isNull: string | undefined, mayBeNaN = true): Operand => ({
  type: "float64",
  kind: "number",
  value,
  isNull,
  ...UNBOUNDED,
  mayBeNaN,
});

export const integerOperand = (
  value: string,
  isNull: string | undefined,
  low: number,
  high: number,
  type: Operand["type"] = "int64",
): Operand => ({ type, kind: "number", value, isNull, low, high, mayBeNaN: false });

export const bigintOperand = (value: string, isNull: string | undefined, type: Operand["type"] = "int64"): Operand => ({
  type,
  kind: "bigint",
  value,
  isNull,
  ...UNBOUNDED,
  mayBeNaN: false,
});

/** @param value - 0 or 1, and 0 where `isNull` is 1. */
export const booleanOperand = (value: string, isNull: string | undefined): Operand => ({
  type: "boolean",
  kind: "boolean",
  value,
  isNull,
  low: 0,
  high: 1,
  mayBeNaN: false,
});

export const nullOperand = (type: Operand["type"]): Operand => ({
  type,
  kind: type === "boolean" ? "boolean" : "number",
  value: "0",
  isNull: "1",
  low: 0,
  high: 0,
  mayBeNaN: false,
});

/** An operand that is one of `operands` in every row, lies in variables, and has their common type. */
export const oneOf = (operands: readonly Operand[], value: string, isNull: string | undefined): Operand => {
  if (operands.some(isFloat))
    return floatOperand(
      value,
      isNull,
      operands.some(({ mayBeNaN }) => mayBeNaN),
    );
  const types = operands.map(({ type }) => type);
  if (types[0] === "boolean") return booleanOperand(value, isNull);
  const type = types.includes("timestamp") ? "timestamp" : types[0] === "date" ? "date" : "int64";
  if (operands.some(({ kind }) => kind === "bigint")) return bigintOperand(value, isNull, type);
  const low = Math.min(...operands.map((operand) => operand.low));
  return integerOperand(value, isNull, low, Math.max(...operands.map(({ high }) => high)), type);
};

/** As a number; an integer beyond 2^53 is rounded, as a cast to float64 does. */
export const asNumber = ({ kind, value }: Operand): string => (kind === "bigint" ? `Number(${value})` : value);

/** As a bigint; slots of null rows may hold numbers that are no integers. */
export const asBigint = ({ kind, value, isNull }: Operand): string => {
  if (kind === "bigint") return value;
  return isNull === undefined ? `BigInt(${value})` : `(${isNull} ? 0n : BigInt(${value}))`;
};

/** A condition as 0 or 1. Without a branch: one that is often guessed wrong costs several times as much. */
export const asBit = (condition: string): string => `+(${condition})`;

/** 1 where one of them is null. */
export const anyNull = (...operands: readonly Operand[]): string | undefined => {
  const nulls = [...new Set(operands.flatMap(({ isNull }) => (isNull === undefined ? [] : [isNull])))];
  if (nulls.length === 0) return undefined;
  if (nulls.includes("1")) return "1";
  return nulls.length === 1 ? nulls[0] : `(${nulls.join(" | ")})`;
};
