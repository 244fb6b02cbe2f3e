import type { Literal } from "../expression/expression.js";

/** The value that a literal stands for: integers, dates and timestamps as bigints. Null is the caller's. */
export const literalValue = ({ type, value }: Literal): bigint | number | boolean | string => {
  if (value === null) throw new Error("invariant: a null has no value");
  switch (type) {
    case "boolean":
    case "utf8":
      return value as boolean | string;
    case "float32":
    case "float64":
      return Number(value);
    default:
      return BigInt(value);
  }
};
