/** What values can do together: which types meet in arithmetic, in comparisons, and as branches of one result. */
import type { ScalarType, ValueType } from "./expression.js";

const INTEGERS: ReadonlySet<ValueType> = new Set<ValueType>(["int8", "int16", "int32", "int64"]);
const FLOATS: ReadonlySet<ValueType> = new Set<ValueType>(["float32", "float64"]);

export const isInteger = (type: ValueType): boolean => INTEGERS.has(type);
export const isFloat = (type: ValueType): boolean => FLOATS.has(type);
export const isNumber = (type: ValueType): boolean => isInteger(type) || isFloat(type);
export const isTime = (type: ValueType): boolean => type === "date" || type === "timestamp";
export const isList = (type: ValueType): type is `list<${ScalarType}>` => type.startsWith("list<");
export const isScalar = (type: ValueType): type is ScalarType => !isList(type);

export const listOf = (type: ScalarType): ValueType => `list<${type}>`;

export const elementOf = (type: `list<${ScalarType}>`): ScalarType =>
  type.slice("list<".length, -">".length) as ScalarType;

/** What arithmetic makes of numbers: integers stay exact, anything else is float64. */
export const promoteNumbers = (types: readonly ValueType[]): "int64" | "float64" =>
  types.every(isInteger) ? "int64" : "float64";

/**
 * The type that values of both are compared as, and that a result of both has: numbers as int64 or float64, a date with a
 * timestamp as timestamp, any other type only with itself. Undefined when they have nothing in common.
 */
export const commonType = (left: ValueType, right: ValueType): ValueType | undefined => {
  if (isNumber(left) && isNumber(right)) return promoteNumbers([left, right]);
  if (isTime(left) && isTime(right)) return left === right ? left : "timestamp";
  return left === right ? left : undefined;
};

/** Whether a cast has a meaning. Through text everything scalar is reached. */
export const isCastable = (from: ValueType, to: ScalarType): boolean => {
  if (isList(from)) return false;
  if (from === to || from === "utf8" || to === "utf8") return true;
  if (isTime(from) || isTime(to)) return isTime(from) && isTime(to);
  return true;
};
