/** What casts make of intervals. */
import type { ScalarType, ValueType } from "../expression.js";
import { isInteger } from "../value-types.js";
import {
  ALL_BOOLEANS,
  boundsOfType,
  DAY_MICROS,
  type FloatBounds,
  floats,
  type IntegerBounds,
  integers,
  toFloats,
  type ValueBounds,
} from "./value-bounds.js";

export interface CastBounds {
  readonly values: ValueBounds | undefined;
  /** Whether the type may not hold a value: that fails, or is null. */
  readonly mayMisfit: boolean;
}

/** What of the integers lies in a range; the rest does not fit. */
export const within = ({ min, max }: IntegerBounds, range: IntegerBounds): CastBounds => {
  const inside = integers(min > range.min ? min : range.min, max < range.max ? max : range.max);
  return { values: inside.min > inside.max ? undefined : inside, mayMisfit: min < range.min || max > range.max };
};

const roundHalfAway = (value: number): bigint => BigInt(value < 0 ? -Math.round(-value) : Math.round(value));

const floatsToIntegers = ({ min, max, mayBeNaN }: FloatBounds, range: IntegerBounds): CastBounds => {
  if (min > max) return { values: undefined, mayMisfit: mayBeNaN };
  // Infinite ends are as far out as anything that does not fit.
  const end = (value: number): bigint =>
    Number.isFinite(value) ? roundHalfAway(value) : value < 0 ? range.min - 1n : range.max + 1n;
  const { values, mayMisfit } = within(integers(end(min), end(max)), range);
  return { values, mayMisfit: mayMisfit || mayBeNaN };
};

const FLOAT32_MAX = 2 ** 128 - 2 ** 104;
const toFloat32 = ({ min, max, mayBeNaN }: FloatBounds): CastBounds => {
  const [low, high] = [Math.fround(min), Math.fround(max)];
  const isBeyond = (wide: number, narrow: number): boolean => Number.isFinite(wide) && !Number.isFinite(narrow);
  return {
    values: floats(isBeyond(min, low) ? -FLOAT32_MAX : low, isBeyond(max, high) ? FLOAT32_MAX : high, mayBeNaN),
    // Infinite ends do not tell whether a finite value is too large.
    mayMisfit: !Number.isFinite(low) || !Number.isFinite(high),
  };
};

const floorDays = (micros: bigint): bigint => micros / DAY_MICROS - (micros % DAY_MICROS < 0n ? 1n : 0n);

export const castBounds = (bounds: ValueBounds, from: ValueType, to: ScalarType): CastBounds => {
  const fits = (values: ValueBounds): CastBounds => ({ values, mayMisfit: false });
  if (from === to) return fits(bounds);
  if (bounds.kind === "texts" && to !== "utf8") return { values: boundsOfType(to), mayMisfit: true };
  if (to === "utf8") return fits(boundsOfType("utf8"));
  if (to === "boolean") return fits(ALL_BOOLEANS);
  if (bounds.kind === "booleans") {
    const [min, max] = [bounds.mayBeFalse ? 0n : 1n, bounds.mayBeTrue ? 1n : 0n];
    return castBounds(integers(min, max), "int8", to);
  }
  if (bounds.kind === "integers") {
    if (to === "timestamp") {
      return within(integers(bounds.min * DAY_MICROS, bounds.max * DAY_MICROS), boundsOfType(to) as IntegerBounds);
    }
    if (to === "date") return fits(integers(floorDays(bounds.min), floorDays(bounds.max)));
    if (isInteger(to)) return within(bounds, boundsOfType(to) as IntegerBounds);
  }
  if (bounds.kind !== "integers" && bounds.kind !== "floats") return { values: boundsOfType(to), mayMisfit: true };
  if (to === "float64") return fits(toFloats(bounds));
  if (to === "float32") return toFloat32(toFloats(bounds));
  return floatsToIntegers(toFloats(bounds), boundsOfType(to) as IntegerBounds);
};
