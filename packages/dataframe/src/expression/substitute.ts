/** Expressions over the columns of a projection as expressions over its input, and what that would cost. */
import { childrenOf, columnUses, mapChildren, visitExpression } from "./children.js";
import type { Expression } from "./expression.js";
import type { FunctionName } from "./functions.js";

export type Definitions = ReadonlyMap<string, Expression>;

export const definitionsOf = (
  columns: readonly { readonly name: string; readonly expression: Expression }[],
): Definitions => new Map(columns.map(({ name, expression }) => [name, expression]));

/** The expression with each column replaced by its definition. */
export const substitute = (expression: Expression, definitions: Definitions): Expression =>
  expression.kind === "column"
    ? (definitions.get(expression.name) ?? expression)
    : mapChildren(expression, (child) => substitute(child, definitions));

/** Nothing is computed: substituting it twice costs nothing. */
const isTrivial = (expression: Expression): boolean => expression.kind === "column" || expression.kind === "literal";

/** In some places a constant null has no type, where a column that is always null has one. */
const isNull = (expression: Expression): boolean => expression.kind === "literal" && expression.value === null;

/** Whether definitions can be taken in, and none that computes something would be computed more than once. */
export const staysComputedOnce = (expressions: readonly Expression[], definitions: Definitions): boolean => {
  for (const [name, count] of columnUses(expressions)) {
    const definition = definitions.get(name);
    if (definition === undefined) continue;
    if (isNull(definition) || (count > 1 && !isTrivial(definition))) return false;
  }
  return true;
};

/** A few machine instructions each. */
const CHEAP: ReadonlySet<FunctionName> = new Set<FunctionName>(
  "add subtract multiply divide negate abs eq ne lt le gt ge and or not isNull isNotNull coalesce".split(
    " ",
  ) as FunctionName[],
);
const CHEAP_NODES_MAX = 16;

/** Whether a definition can be taken in a second time, because computing it costs less than reading rows for nothing. */
export const isCheap = (expression: Expression): boolean => {
  if (isNull(expression)) return false;
  let nodeCount = 0;
  let isPlain = true;
  visitExpression(expression, (node) => {
    nodeCount++;
    if (!isTrivial(node) && !(node.kind === "call" && CHEAP.has(node.name))) isPlain = false;
  });
  return isPlain && nodeCount <= CHEAP_NODES_MAX;
};

export const depthOf = (expression: Expression): number =>
  1 + childrenOf(expression).reduce((depth, child) => Math.max(depth, depthOf(child)), 0);
