/** Which results reach the program as bigints: those that are made of columns declared so. */
import type { Expression } from "./expression.js";
import type { FunctionName } from "./functions.js";

/** Functions whose result shows as their arguments do. */
const OF_ARGUMENTS: ReadonlySet<FunctionName> = new Set<FunctionName>([
  "add",
  "subtract",
  "multiply",
  "intDivide",
  "remainder",
  "negate",
  "abs",
  "sign",
  "round",
  "floor",
  "ceil",
  "trunc",
  "least",
  "greatest",
  "coalesce",
]);

/** Functions whose result shows as their first argument does. */
const OF_FIRST: ReadonlySet<FunctionName> = new Set<FunctionName>(["nullIf", "truncate", "plus", "listGet"]);

/** @param bigints - names of the columns that show bigints. */
export const showsBigint = (expression: Expression, bigints: ReadonlySet<string>): boolean => {
  if (bigints.size === 0) return false;
  switch (expression.kind) {
    case "column":
      return bigints.has(expression.name);
    case "call": {
      const { name, args } = expression;
      if (OF_FIRST.has(name)) return showsBigint(args[0]!, bigints);
      return OF_ARGUMENTS.has(name) && args.some((arg) => showsBigint(arg, bigints));
    }
    case "case": {
      const values = expression.branches.map(({ value }) => value);
      if (expression.otherwise !== null) values.push(expression.otherwise);
      return values.some((value) => showsBigint(value, bigints));
    }
    case "literal":
    case "isIn":
    case "cast":
      return false;
    default:
      return expression satisfies never;
  }
};
