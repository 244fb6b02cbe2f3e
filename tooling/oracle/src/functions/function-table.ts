/** What the families of functions are made of. */
import type { Expression, ValueType } from "@eau2/dataframe";
import type { Bound } from "../bind.js";
import { type Exact, exactOf } from "../values.js";

/** `expressions`: the same arguments as data, for those that must be literals. */
export type FunctionOfRow = (args: readonly Bound[], expressions: readonly Expression[]) => Bound;

/** Null if an argument is; otherwise `compute` of the values. */
export const strict = (
  type: ValueType,
  args: readonly Bound[],
  compute: (...values: NonNullable<Exact>[]) => Exact,
): Bound => ({
  type,
  of: (row) => {
    const values = args.map((arg) => exactOf(arg.of(row)));
    return values.includes(null) ? null : compute(...(values as NonNullable<Exact>[]));
  },
});

export const literalText = (expression: Expression | undefined): string => {
  if (expression?.kind !== "literal" || typeof expression.value !== "string") throw new Error("not a literal of text");
  return expression.value;
};

export const literalInteger = (expression: Expression | undefined): number => {
  if (expression?.kind !== "literal" || expression.value === null) throw new Error("not a literal");
  return Number(expression.value);
};
