/** Casts: what fits is kept exactly, floats go to the nearest integer half away from zero, the rest fails or is null. */
import type { ScalarType, ValueType } from "@eau2/dataframe";
import { daysOfMicros, microsOfDays, parseDate, parseTimestamp, printDate, printTimestamp } from "./civil.js";
import { Failure } from "./failure.js";
import { roundHalfAway } from "./functions/arithmetic.js";
import { bytesOf, textOf } from "./text-bytes.js";
import { isFloat, isInteger } from "./types.js";
import type { Exact } from "./values.js";

const INTEGER_BITS = { int8: 8n, int16: 16n, int32: 32n, int64: 64n };

/** Undefined where the type has no such value. */
type Attempt = Exact | undefined;

const asInteger = (value: bigint | undefined, type: keyof typeof INTEGER_BITS): Attempt => {
  const limit = 2n ** (INTEGER_BITS[type] - 1n);
  return value !== undefined && value >= -limit && value < limit ? value : undefined;
};

const wholeOf = (value: number): bigint | undefined =>
  Number.isFinite(value) ? BigInt(roundHalfAway(value)) : undefined;

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const NAMED_FLOATS = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
  ["-infinity", Number.NEGATIVE_INFINITY],
]);
const BOOLEANS = new Map([
  ["true", true],
  ["false", false],
  ["t", true],
  ["f", false],
  ["1", true],
  ["0", false],
]);

const textToFloat = (text: string): number | undefined =>
  NUMBER.test(text) ? Number(text) : NAMED_FLOATS.get(text.toLowerCase());

const textToInteger = (text: string): bigint | undefined => {
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace("+", ""));
  return NUMBER.test(text) ? wholeOf(Number(text)) : undefined;
};

const fromText = (text: string, type: ScalarType): Attempt => {
  if (type === "boolean") return BOOLEANS.get(text.toLowerCase());
  if (type === "date") return parseDate(text);
  if (type === "timestamp") return parseTimestamp(text);
  if (isInteger(type)) return asInteger(textToInteger(text), type as keyof typeof INTEGER_BITS);
  return asFloat(textToFloat(text), type);
};

const asFloat = (value: number | undefined, type: ScalarType): Attempt => {
  if (value === undefined || type === "float64") return value;
  const nearest = Math.fround(value);
  return Number.isFinite(value) && !Number.isFinite(nearest) ? undefined : nearest;
};

const toText = (value: Exact, from: ValueType): string => {
  if (from === "date") return printDate(value as bigint);
  if (from === "timestamp") return printTimestamp(value as bigint);
  return Object.is(value, -0) ? "-0" : String(value);
};

const attempt = (value: NonNullable<Exact>, from: ValueType, to: ScalarType): Attempt => {
  if (from === to) return value;
  if (to === "utf8") return bytesOf(toText(value, from));
  if (from === "utf8") return fromText(textOf(value as string).trim(), to);
  if (from === "date" && to === "timestamp") return microsOfDays(value as bigint);
  if (from === "timestamp" && to === "date") return daysOfMicros(value as bigint);
  if (to === "boolean") return Number.isNaN(value) || Number(value) !== 0;
  if (isFloat(to)) return asFloat(Number(value), to);
  if (!isInteger(to)) throw new Error(`no cast from ${from} to ${to}`);
  return asInteger(isFloat(from) ? wholeOf(value as number) : BigInt(value as bigint), to as keyof typeof INTEGER_BITS);
};

export const castValue = (value: Exact, from: ValueType, to: ScalarType, onFailure: "error" | "null"): Exact => {
  if (value === null) return null;
  const result = attempt(value, from, to);
  if (result !== undefined) return result;
  if (onFailure === "null") return null;
  throw new Failure("CAST_FAILED", `${toText(value, from)} is no ${to}`);
};
