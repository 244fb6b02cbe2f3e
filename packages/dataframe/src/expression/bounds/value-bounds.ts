/** Sets of values of one kind, as intervals: supersets of what an expression can give, never less. */
import type { ValueType } from "../expression.js";
import { isFloat, isInteger, isTime } from "../value-types.js";

/** Whole numbers, dates (days) and timestamps (microseconds); both ends are in it. */
export interface IntegerBounds {
  readonly kind: "integers";
  readonly min: bigint;
  readonly max: bigint;
}

/** All that are not NaN lie from `min` to `max`; there are none if `min` is greater. -0 and 0 are one. */
export interface FloatBounds {
  readonly kind: "floats";
  readonly min: number;
  readonly max: number;
  readonly mayBeNaN: boolean;
}

/** UTF-8 bytes, not less than `min` and not greater than `max`; undefined: no bound. */
export interface TextBounds {
  readonly kind: "texts";
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
}

export interface BooleanBounds {
  readonly kind: "booleans";
  readonly mayBeTrue: boolean;
  readonly mayBeFalse: boolean;
}

/** Lists. */
interface AnyBounds {
  readonly kind: "any";
}

export type ValueBounds = IntegerBounds | FloatBounds | TextBounds | BooleanBounds | AnyBounds;

/** What the rows of a chunk can give for an expression. */
export interface Bounds {
  /** Undefined: no row has a value. */
  readonly values: ValueBounds | undefined;
  readonly mayBeNull: boolean;
  /** Whether a row may end the query with an error. */
  readonly mayFail: boolean;
}

export const integers = (min: bigint, max: bigint): IntegerBounds => ({ kind: "integers", min, max });
export const floats = (min: number, max: number, mayBeNaN: boolean): FloatBounds => ({
  kind: "floats",
  min,
  max,
  mayBeNaN,
});
export const booleans = (mayBeTrue: boolean, mayBeFalse: boolean): BooleanBounds => ({
  kind: "booleans",
  mayBeTrue,
  mayBeFalse,
});

export const ALL_FLOATS = floats(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, true);
export const ALL_BOOLEANS = booleans(true, true);
const ALL_TEXTS: TextBounds = { kind: "texts", min: undefined, max: undefined };
export const INT64 = integers(-(2n ** 63n), 2n ** 63n - 1n);

const BITS: { readonly [Type in ValueType]?: bigint } = { int8: 8n, int16: 16n, int32: 32n, date: 32n };

/** All values of a type. */
export const boundsOfType = (type: ValueType): ValueBounds => {
  if (isInteger(type) || isTime(type)) {
    const bits = BITS[type] ?? 64n;
    return integers(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n);
  }
  if (isFloat(type)) return ALL_FLOATS;
  if (type === "utf8") return ALL_TEXTS;
  return type === "boolean" ? ALL_BOOLEANS : { kind: "any" };
};

/** A set of integers as floats: rounding keeps their order. */
export const toFloats = (bounds: IntegerBounds | FloatBounds): FloatBounds =>
  bounds.kind === "floats" ? bounds : floats(Number(bounds.min), Number(bounds.max), false);

/** The largest magnitude of a value that is not NaN; infinite if one is. */
export const magnitudeOf = ({ min, max }: FloatBounds): number => Math.max(0, -min, max);

export const DAY_MICROS = 86_400_000_000n;
