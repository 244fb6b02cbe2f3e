/** A value that is one of several. */
import type { ValueType } from "../expression.js";
import { isFloat } from "../value-types.js";
import { eitherInteger } from "./integer-arithmetic.js";
import {
  type Bounds,
  booleans,
  boundsOfType,
  DAY_MICROS,
  floats,
  integers,
  toFloats,
  type ValueBounds,
} from "./value-bounds.js";

/** An alternative and its own type. */
export interface Alternative {
  readonly bounds: Bounds;
  readonly type: ValueType;
}

/** @param type - that all have in common. @returns undefined if none has a value. */
export const oneOf = (type: ValueType, alternatives: readonly Alternative[]): ValueBounds | undefined => {
  let joined: ValueBounds | undefined;
  for (const { bounds, type: own } of alternatives) {
    if (bounds.values === undefined) continue;
    const values = asCommon(bounds.values, own, type);
    joined = joined === undefined ? values : join(joined, values, type);
  }
  return joined;
};

/** A value as one of the type that it has in common with others; a date perhaps beyond what a timestamp holds. */
export const asCommon = (values: ValueBounds, from: ValueType, to: ValueType): ValueBounds => {
  if (values.kind !== "integers") return values;
  if (isFloat(to)) return toFloats(values);
  if (from !== "date" || to !== "timestamp") return values;
  return integers(values.min * DAY_MICROS, values.max * DAY_MICROS);
};

const join = (left: ValueBounds, right: ValueBounds, type: ValueType): ValueBounds => {
  if (left.kind === "integers" && right.kind === "integers") {
    return eitherInteger(left, right);
  }
  if (left.kind === "floats" && right.kind === "floats") {
    return floats(Math.min(left.min, right.min), Math.max(left.max, right.max), left.mayBeNaN || right.mayBeNaN);
  }
  if (left.kind === "booleans" && right.kind === "booleans") {
    return booleans(left.mayBeTrue || right.mayBeTrue, left.mayBeFalse || right.mayBeFalse);
  }
  return boundsOfType(type);
};
