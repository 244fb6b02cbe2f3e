/**
 * Expressions as data: what a row of a query computes. Frozen, plain, without classes, so that they cross the wire inside
 * a plan. Types are found and checked against a schema by `resolve-type.ts`; nothing here knows columns.
 */
import { z } from "zod";
import { FUNCTION_NAMES, type FunctionName } from "./functions.js";
import { isLiteral } from "./literal-value.js";

/** Types of values by name; `list<T>` for lists of them. */
export const SCALAR_TYPES = [
  "boolean",
  "int8",
  "int16",
  "int32",
  "int64",
  "float32",
  "float64",
  "utf8",
  "date",
  "timestamp",
] as const;
export type ScalarType = (typeof SCALAR_TYPES)[number];
export type ValueType = ScalarType | `list<${ScalarType}>`;
export const VALUE_TYPES: readonly ValueType[] = [
  ...SCALAR_TYPES,
  ...SCALAR_TYPES.map((type) => `list<${type}>` as const),
];
export const ValueType = z.enum(VALUE_TYPES as [ValueType, ...ValueType[]]);

/**
 * A constant. `value` is null for a null of that type; integers, dates (days) and timestamps (microseconds) are decimal
 * text, exact; floats are numbers, or text for "NaN", "Infinity", "-Infinity" and "-0".
 */
export interface Literal {
  readonly kind: "literal";
  readonly type: ScalarType;
  readonly value: null | boolean | number | string;
}
export const Literal = z
  .strictObject({
    kind: z.literal("literal"),
    type: z.enum(SCALAR_TYPES),
    value: z.union([z.null(), z.boolean(), z.number(), z.string()]),
  })
  .refine(isLiteral, "the value is not one of the literal's type, or not spelled as it should be");

/** A column by name; `type` is there where the program declared it, and is checked when the plan is built. */
export interface ColumnReference {
  readonly kind: "column";
  readonly name: string;
  readonly type?: ValueType | undefined;
}

export interface Call {
  readonly kind: "call";
  readonly name: FunctionName;
  readonly args: readonly Expression[];
}

/** The first branch whose condition is true; otherwise `otherwise`, or null. */
export interface Case {
  readonly kind: "case";
  readonly branches: readonly { readonly when: Expression; readonly value: Expression }[];
  readonly otherwise: Expression | null;
}

/** Three-valued membership: null in, or no match and a null among the values, is null. */
export interface IsIn {
  readonly kind: "isIn";
  readonly input: Expression;
  readonly values: readonly Literal[];
}

/** `onFailure`: what a value that the type does not hold becomes. */
export interface Cast {
  readonly kind: "cast";
  readonly input: Expression;
  readonly type: ScalarType;
  readonly onFailure: "error" | "null";
}

export type Expression = ColumnReference | Literal | Call | Case | IsIn | Cast;

const inner = z.lazy(() => Expression);

export const Expression: z.ZodType<Expression> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("column"), name: z.string().max(1024), type: ValueType.optional() }),
  Literal,
  z.strictObject({ kind: z.literal("call"), name: z.enum(FUNCTION_NAMES), args: z.array(inner).max(1000) }),
  z.strictObject({
    kind: z.literal("case"),
    branches: z
      .array(z.strictObject({ when: inner, value: inner }))
      .min(1)
      .max(1000),
    otherwise: inner.nullable(),
  }),
  z.strictObject({ kind: z.literal("isIn"), input: inner, values: z.array(Literal).max(100_000) }),
  z.strictObject({
    kind: z.literal("cast"),
    input: inner,
    type: z.enum(SCALAR_TYPES),
    onFailure: z.enum(["error", "null"]),
  }),
]) as z.ZodType<Expression>;
