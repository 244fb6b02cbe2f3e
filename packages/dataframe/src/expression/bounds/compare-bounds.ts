/** What comparisons of intervals can give: NaN equals NaN and comes after every number, text is ordered by its bytes. */
import { compareBytes } from "@eau2/serialization";
import type { ValueType } from "../expression.js";
import { asCommon } from "./one-of.js";
import {
  type BooleanBounds,
  booleans,
  type FloatBounds,
  type TextBounds,
  toFloats,
  type ValueBounds,
} from "./value-bounds.js";

/** Which orders of a left and a right value are possible. */
export interface PossibleOrders {
  readonly less: boolean;
  readonly equal: boolean;
  readonly greater: boolean;
}

const ANY: PossibleOrders = { less: true, equal: true, greater: true };

const compareNumbers = <Value extends bigint | number | boolean>(
  left: { readonly min: Value; readonly max: Value },
  right: { readonly min: Value; readonly max: Value },
): PossibleOrders => ({
  less: left.min < right.max,
  equal: left.min <= right.max && right.min <= left.max,
  greater: left.max > right.min,
});

const compareFloats = (left: FloatBounds, right: FloatBounds): PossibleOrders => {
  const hasNumbers = (bounds: FloatBounds): boolean => bounds.min <= bounds.max;
  const numbers =
    hasNumbers(left) && hasNumbers(right) ? compareNumbers(left, right) : { less: false, equal: false, greater: false };
  return {
    less: numbers.less || (hasNumbers(left) && right.mayBeNaN),
    equal: numbers.equal || (left.mayBeNaN && right.mayBeNaN),
    greater: numbers.greater || (left.mayBeNaN && hasNumbers(right)),
  };
};

const compareTexts = (left: Uint8Array, right: Uint8Array): number =>
  compareBytes(left, 0, left.length, right, 0, right.length);

const NO_BYTES = new Uint8Array(0);

const TIMESTAMPS = ["timestamp", "timestamp"] as const;

/** @param types - of both sides. */
export const possibleOrders = (
  left: ValueBounds,
  right: ValueBounds,
  [leftType, rightType]: readonly [left: ValueType, right: ValueType],
): PossibleOrders => {
  if (leftType !== rightType && (leftType === "timestamp" || rightType === "timestamp"))
    return possibleOrders(asCommon(left, leftType, "timestamp"), asCommon(right, rightType, "timestamp"), TIMESTAMPS);
  if (left.kind === "integers" && right.kind === "integers") return compareNumbers(left, right);
  if ((left.kind === "integers" || left.kind === "floats") && (right.kind === "integers" || right.kind === "floats"))
    return compareFloats(toFloats(left), toFloats(right));
  if (left.kind === "booleans" && right.kind === "booleans") return compareNumbers(ends(left), ends(right));
  if (left.kind !== "texts" || right.kind !== "texts") return ANY;
  const order = (least: Uint8Array | undefined, most: Uint8Array | undefined): number =>
    most === undefined ? -1 : compareTexts(least ?? NO_BYTES, most);
  return {
    less: order(left.min, right.max) < 0,
    equal: order(left.min, right.max) <= 0 && order(right.min, left.max) <= 0,
    greater: order(right.min, left.max) < 0,
  };
};

const ends = ({ mayBeTrue, mayBeFalse }: BooleanBounds) => ({ min: !mayBeFalse, max: mayBeTrue });

/** @returns undefined for what is no comparison. */
export const compareBounds = (name: string, { less, equal, greater }: PossibleOrders): BooleanBounds | undefined => {
  switch (name) {
    case "eq":
      return booleans(equal, less || greater);
    case "ne":
      return booleans(less || greater, equal);
    case "lt":
      return booleans(less, equal || greater);
    case "le":
      return booleans(less || equal, greater);
    case "gt":
      return booleans(greater, less || equal);
    case "ge":
      return booleans(greater || equal, less);
    default:
      return undefined;
  }
};

/** Whether a text between the bounds may begin so: cutting texts to one length keeps their order. */
export const mayStartWith = ({ min, max }: TextBounds, prefix: Uint8Array): boolean =>
  compareTexts((min ?? NO_BYTES).subarray(0, prefix.length), prefix) <= 0 &&
  (max === undefined || compareTexts(max.subarray(0, prefix.length), prefix) >= 0);
