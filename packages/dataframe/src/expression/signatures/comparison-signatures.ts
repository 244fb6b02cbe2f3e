/** Comparisons, booleans and nulls. */
import type { ValueType } from "../expression.js";
import { commonType } from "../value-types.js";
import { anything, fixed, type Mismatch, type Signature, scalar, truth } from "./signature.js";

/** The type that all of them have in common, or the first that has none with those before it. */
const unified = (types: readonly ValueType[]): ValueType | Mismatch => {
  let type = types[0]!;
  for (const [argument, other] of types.entries()) {
    const both = commonType(type, other);
    if (both === undefined) return { code: "TYPE_MISMATCH", argument, words: `of a kind with the ${type} before it` };
    type = both;
  }
  return type;
};

const comparison: Signature = {
  parameters: [scalar, scalar],
  result: (types) => {
    const type = unified(types);
    return typeof type === "object" ? type : "boolean";
  },
};

/** Two or more of one kind, one of which is the result. */
const choice: Signature = { parameters: [scalar, scalar], isVariadic: true, result: unified };

export const COMPARISON_SIGNATURES = {
  eq: comparison,
  ne: comparison,
  lt: comparison,
  le: comparison,
  gt: comparison,
  ge: comparison,
  least: choice,
  greatest: choice,
  and: { ...fixed([truth, truth], "boolean"), isVariadic: true },
  or: { ...fixed([truth, truth], "boolean"), isVariadic: true },
  not: fixed([truth], "boolean"),
  isNull: fixed([anything], "boolean"),
  isNotNull: fixed([anything], "boolean"),
  coalesce: { parameters: [anything, anything], isVariadic: true, result: unified },
  nullIf: {
    parameters: [scalar, scalar],
    result: (types) => {
      const type = unified(types);
      return typeof type === "object" ? type : types[0]!;
    },
  },
} satisfies Record<string, Signature>;
