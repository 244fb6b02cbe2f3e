/** Literals and the values they stand for. A value has one spelling, so that equal literals are equal data. */
import type { Literal, ScalarType } from "./expression.js";

/** Integers, dates (days) and timestamps (microseconds) are bigints. */
export type LiteralValue = null | boolean | bigint | number | string;

/** Types whose values are whole numbers, with their bits. */
const INTEGER_BITS = { int8: 8, int16: 16, int32: 32, int64: 64, date: 32, timestamp: 64 } as const satisfies {
  readonly [Type in ScalarType]?: number;
};
const INTEGER_TEXT = /^(?:0|-?[1-9][0-9]{0,18})$/;
/** Floats that msgpack or JSON would lose. */
const FLOAT_TEXTS: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

const integerBits = (type: ScalarType): number | undefined =>
  Object.hasOwn(INTEGER_BITS, type) ? INTEGER_BITS[type as keyof typeof INTEGER_BITS] : undefined;

export const isIntegerType = (type: string): boolean => Object.hasOwn(INTEGER_BITS, type);

/** Whether a type of whole numbers holds `value`; true for other types. */
export const holdsInteger = (type: ScalarType, value: bigint): boolean =>
  BigInt.asIntN(integerBits(type) ?? 64, value) === value;

/** @returns undefined when `value` is not the spelling of a value of `type`. */
const parseValue = (type: ScalarType, value: Literal["value"]): LiteralValue | undefined => {
  if (value === null) return null;
  switch (type) {
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "utf8":
      return typeof value === "string" ? value : undefined;
    case "float32":
    case "float64": {
      const number = typeof value === "number" && Number.isFinite(value) ? value : FLOAT_TEXTS.get(value);
      if (number === undefined || Object.is(value, -0)) return undefined;
      return type === "float64" || Object.is(Math.fround(number), number) ? number : undefined;
    }
    default: {
      if (typeof value !== "string" || !INTEGER_TEXT.test(value)) return undefined;
      const integer = BigInt(value);
      return holdsInteger(type, integer) ? integer : undefined;
    }
  }
};

/** Whether the value is spelled as its type demands. Plans from the wire are checked with it. */
export const isLiteral = ({ type, value }: Literal): boolean => parseValue(type, value) !== undefined;

/** The value of a literal that was checked. */
export const literalValue = ({ type, value }: Literal): LiteralValue => {
  const parsed = parseValue(type, value);
  if (parsed === undefined) throw new Error(`${String(value)} is no ${type} literal`);
  return parsed;
};

/** @param value - of the kind that {@link literalValue} gives for `type`, and in its range. */
export const literalOf = (type: ScalarType, value: LiteralValue): Literal => {
  if (typeof value === "bigint") return { kind: "literal", type, value: value.toString() };
  if (typeof value !== "number") return { kind: "literal", type, value };
  if (Object.is(value, -0)) return { kind: "literal", type, value: "-0" };
  return { kind: "literal", type, value: Number.isFinite(value) ? value : String(value) };
};
