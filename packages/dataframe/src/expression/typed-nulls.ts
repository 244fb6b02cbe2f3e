import { mapChildren } from "./children.js";
import { nullOf } from "./constant.js";
import type { Expression } from "./expression.js";
import { resolveType, type TypedColumn } from "./resolve-type.js";
import { isScalar } from "./value-types.js";

/**
 * Gives constant nulls among the values of a `case` the type of the others: a program writes `when(late, null)` before
 * anybody knows the types of its columns. Those of lists are taken apart from their types, and stay.
 * @param expression - which has a type over `columns`.
 */
export const typedNulls = (expression: Expression, columns: readonly TypedColumn[]): Expression => {
  const known = new Map<Expression, Expression>();
  const rewrite = (node: Expression): Expression => {
    let typed = known.get(node);
    if (typed === undefined) {
      typed = withTypedNulls(mapChildren(node, rewrite), columns);
      known.set(node, typed);
    }
    return typed;
  };
  return rewrite(expression);
};

const isNull = (node: Expression): boolean => node.kind === "literal" && node.value === null;

const withTypedNulls = (node: Expression, columns: readonly TypedColumn[]): Expression => {
  if (node.kind !== "case" || !node.branches.some(({ value }) => isNull(value))) return node;
  const type = resolveType(node, columns);
  if (!isScalar(type)) return node;
  const branches = node.branches.map((branch) => (isNull(branch.value) ? { ...branch, value: nullOf(type) } : branch));
  return { ...node, branches };
};
