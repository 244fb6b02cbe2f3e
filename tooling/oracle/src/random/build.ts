/** Expressions as data, in few words. */
import type { Call, ColumnReference, DateUnit, Expression, FunctionName, Literal, ScalarType } from "@eau2/dataframe";
import { textOf } from "../text-bytes.js";
import type { Exact } from "../values.js";

export const call = (name: FunctionName, ...args: readonly Expression[]): Call => ({ kind: "call", name, args });

export const column = (name: string): ColumnReference => ({ kind: "column", name });

const literalFloat = (value: number): number | string =>
  Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? "-0" : String(value);

/** @param value - text must be valid. */
export const literal = (type: ScalarType, value: Exact): Literal => {
  if (value === null || typeof value === "boolean") return { kind: "literal", type, value };
  if (typeof value === "number") return { kind: "literal", type, value: literalFloat(value) };
  return { kind: "literal", type, value: typeof value === "string" ? textOf(value) : String(value) };
};

export const text = (value: string): Literal => ({ kind: "literal", type: "utf8", value });
export const integer = (value: number): Literal => literal("int64", BigInt(value));
export const unit = (value: DateUnit): Literal => text(value);
