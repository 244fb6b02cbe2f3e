/** Plain values of a program as constants of an expression, and of which type they are. */
import { Eau2Error } from "@eau2/protocol";
import type { Literal, ScalarType } from "./expression.js";

/** Plain values that can be constants. */
export type Constant = number | bigint | string | boolean | Date;

const DAY_MS = 86_400_000;

const INTEGER_BITS: Readonly<Partial<Record<ScalarType, number>>> = { int8: 8, int16: 16, int32: 32, int64: 64 };

/**
 * @param type - of the constant. @defaultValue int64 for numbers without a fraction and bigints, float64 for other numbers,
 * timestamp for a `Date`
 * @throws {@link Eau2Error} `USAGE` for what is no constant, or none of that type.
 */
export const literalOf = (value: unknown, type: ScalarType = naturalType(value)): Literal => {
  const stored = encode(value, type);
  if (stored === undefined) throw new Eau2Error("USAGE", `${show(value)} is no constant of type ${type}`);
  return Object.freeze({ kind: "literal", type, value: stored });
};

export const nullOf = (type: ScalarType): Literal => Object.freeze({ kind: "literal", type, value: null });

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
        `${show(value)} cannot be a constant: give a number, bigint, string, boolean or Date; nulls are asked for with isNull() and replaced with orElse()`,
      );
  }
};

/** As it stands in plans; undefined when the type does not hold it. */
const encode = (value: unknown, type: ScalarType): Literal["value"] | undefined => {
  switch (type) {
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "utf8":
      return typeof value === "string" ? value : undefined;
    case "float32":
    case "float64": {
      if (typeof value !== "number" && typeof value !== "bigint") return undefined;
      const float = type === "float32" ? Math.fround(Number(value)) : Number(value);
      if (Object.is(float, -0)) return "-0";
      return Number.isFinite(float) ? float : String(float);
    }
    case "date":
      return isTime(value) ? String(Math.floor(value.getTime() / DAY_MS)) : undefined;
    case "timestamp":
      return isTime(value) ? (BigInt(value.getTime()) * 1000n).toString() : undefined;
    default: {
      const integer = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
      if (typeof integer !== "bigint" || BigInt.asIntN(INTEGER_BITS[type]!, integer) !== integer) return undefined;
      return integer.toString();
    }
  }
};

const isTime = (value: unknown): value is Date => value instanceof Date && !Number.isNaN(value.getTime());

const show = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (value instanceof RegExp) return `the pattern ${value}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
};
