/**
 * Which expressions can end a query with an error, so that rewriting never computes one for rows where the query as it was
 * written would not. Nulls, NaN and infinities are values, not errors.
 */
import { childrenOf } from "./children.js";
import type { Call, Cast, Expression, ScalarType, ValueType } from "./expression.js";
import type { FunctionName } from "./functions.js";
import { resolveType, type TypedColumn } from "./resolve-type.js";
import { isFloat, isNumber } from "./value-types.js";

/** Out of range where they compute with integers; floats become infinite instead. */
const OVERFLOWING: ReadonlySet<FunctionName> = new Set<FunctionName>([
  "add",
  "subtract",
  "multiply",
  "intDivide",
  "negate",
  "abs",
  "round",
]);
/** Dates that no column holds. */
const DATE_MAKING: ReadonlySet<FunctionName> = new Set<FunctionName>(["truncate", "difference", "plus", "makeDate"]);

const callFails = (call: Call, columns: readonly TypedColumn[]): boolean =>
  DATE_MAKING.has(call.name) || (OVERFLOWING.has(call.name) && !isFloat(resolveType(call, columns)));

/** Whether every value of a type has one in the other. */
const isTotalCast = (from: ValueType, to: ScalarType): boolean =>
  from === to || to === "utf8" || (to === "float64" && isNumber(from)) || (to === "boolean" && from !== "utf8");

const castFails = ({ input, type, onFailure }: Cast, columns: readonly TypedColumn[]): boolean =>
  onFailure === "error" && !isTotalCast(resolveType(input, columns), type);

/** @returns true if in doubt. */
export const mayFail = (expression: Expression, columns: readonly TypedColumn[]): boolean => {
  if (expression.kind === "call" && callFails(expression, columns)) return true;
  if (expression.kind === "cast" && castFails(expression, columns)) return true;
  return childrenOf(expression).some((child) => mayFail(child, columns));
};
