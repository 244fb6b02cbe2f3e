/** Plain values of a program as constants of an expression, and of which type they are. */
import { Eau2Error } from "@eau2/protocol";
import { daysOfDate, microsOfDate } from "../calendar/dates.js";
import type { Literal, ScalarType } from "./expression.js";
import { holdsInteger, type LiteralValue, literalOf } from "./literal-value.js";

/** Plain values that can be constants. */
export type Constant = number | bigint | string | boolean | Date;

/**
 * @param type - of the constant. @defaultValue int64 for numbers without a fraction and bigints, float64 for other numbers,
 * timestamp for a `Date`
 * @throws {@link Eau2Error} `USAGE` for what is no constant, or none of that type.
 */
export const constantOf = (value: unknown, type: ScalarType = naturalType(value)): Literal => {
  const stored = valueAs(value, type);
  if (stored === undefined) throw new Eau2Error("USAGE", `${show(value)} is no constant of type ${type}`);
  return Object.freeze(literalOf(type, stored));
};

export const nullOf = (type: ScalarType): Literal => Object.freeze(literalOf(type, null));

const naturalType = (value: unknown): ScalarType => {
  switch (typeof value) {
    case "string":
      return "utf8";
    case "boolean":
      return "boolean";
    case "bigint":
      return "int64";
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? "int64" : "float64";
    default:
      if (value instanceof Date) return "timestamp";
      throw new Eau2Error(
        "USAGE",
        `${show(value)} cannot be a constant: give a number, bigint, string, boolean or Date; ask for nulls with isNull(), and replace them with orElse()`,
      );
  }
};

/** Undefined when the type does not hold it. */
const valueAs = (value: unknown, type: ScalarType): LiteralValue | undefined => {
  switch (type) {
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "utf8":
      return typeof value === "string" ? value : undefined;
    case "float32":
    case "float64": {
      if (typeof value !== "number" && typeof value !== "bigint") return undefined;
      return type === "float32" ? Math.fround(Number(value)) : Number(value);
    }
    default: {
      const integer = integerOf(value, type);
      return integer !== undefined && holdsInteger(type, integer) ? integer : undefined;
    }
  }
};

const integerOf = (value: unknown, type: ScalarType): bigint | undefined => {
  if (type === "timestamp" && value instanceof Date) return microsOfDate(value);
  if (type === "date" && value instanceof Date) {
    const days = daysOfDate(value);
    return days === undefined ? undefined : BigInt(days);
  }
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === "bigint" ? value : undefined;
};

const show = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (value instanceof RegExp) return `the pattern ${value}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
};
