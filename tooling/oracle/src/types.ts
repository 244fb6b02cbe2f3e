/** Types of what expressions give. */
import type { ScalarType, ValueType } from "@eau2/dataframe";

const INTEGERS: readonly ValueType[] = ["int8", "int16", "int32", "int64"];
const FLOATS: readonly ValueType[] = ["float32", "float64"];

export const isInteger = (type: ValueType): boolean => INTEGERS.includes(type);
export const isFloat = (type: ValueType): boolean => FLOATS.includes(type);
export const isNumeric = (type: ValueType): boolean => isInteger(type) || isFloat(type);

export const listOf = (type: ValueType): ValueType => `list<${type as ScalarType}>`;
export const elementOf = (type: ValueType): ScalarType => /^list<(.*)>$/.exec(type)![1] as ScalarType;
export const isList = (type: ValueType): boolean => type.startsWith("list<");

/** Of a number computed from numbers. */
export const arithmeticType = (types: readonly ValueType[]): "int64" | "float64" =>
  types.every(isInteger) ? "int64" : "float64";

/**
 * The one type that values of these types can be compared in or stand beside each other in: of numbers int64 or float64,
 * even where all have a narrower one.
 */
export const commonType = (types: readonly ValueType[]): ValueType => {
  const [first, ...others] = types;
  if (types.every(isNumeric)) return arithmeticType(types);
  if (others.every((type) => type === first)) return first!;
  if (types.every((type) => type === "date" || type === "timestamp")) return "timestamp";
  throw new Error(`no common type of ${types.join(", ")}`);
};

/** The type of the elements; undefined for what is no list. */
export const itemsOf = (type: ValueType): ScalarType | undefined => (isList(type) ? elementOf(type) : undefined);
