/** How expressions are walked and rewritten, so that no pass repeats which node has which parts. */
import type { Expression } from "./expression.js";

/** The expressions directly inside a node, in reading order. The literals of `isIn` are values, not expressions. */
export const childrenOf = (node: Expression): readonly Expression[] => {
  switch (node.kind) {
    case "column":
    case "literal":
      return [];
    case "call":
      return node.args;
    case "case": {
      const branches = node.branches.flatMap(({ when, value }) => [when, value]);
      return node.otherwise === null ? branches : [...branches, node.otherwise];
    }
    case "isIn":
    case "cast":
      return [node.input];
    default:
      return node satisfies never;
  }
};

/** The node with `rewrite` applied to each expression directly inside it; the same object if none changes. */
export const mapChildren = (node: Expression, rewrite: (child: Expression) => Expression): Expression => {
  switch (node.kind) {
    case "column":
    case "literal":
      return node;
    case "call": {
      const args = mapSame(node.args, rewrite);
      return args === node.args ? node : { ...node, args };
    }
    case "case": {
      const branches = mapSame(node.branches, (branch) => {
        const when = rewrite(branch.when);
        const value = rewrite(branch.value);
        return when === branch.when && value === branch.value ? branch : { when, value };
      });
      const otherwise = node.otherwise === null ? null : rewrite(node.otherwise);
      return branches === node.branches && otherwise === node.otherwise ? node : { ...node, branches, otherwise };
    }
    case "isIn":
    case "cast": {
      const input = rewrite(node.input);
      return input === node.input ? node : { ...node, input };
    }
    default:
      return node satisfies never;
  }
};

/** `items.map(change)`, or `items` itself if nothing changes: passes tell by identity whether they did something. */
export const mapSame = <Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] => {
  const changed = items.map(change);
  return changed.some((item, index) => item !== items[index]) ? changed : items;
};

/** Calls `visit` for the node and all inside it, from the outside in. */
export const visitExpression = (node: Expression, visit: (node: Expression) => void): void => {
  visit(node);
  for (const child of childrenOf(node)) visitExpression(child, visit);
};

/** How often each column is used. */
export const columnUses = (expressions: Iterable<Expression>): ReadonlyMap<string, number> => {
  const uses = new Map<string, number>();
  for (const expression of expressions)
    visitExpression(expression, (node) => {
      if (node.kind === "column") uses.set(node.name, (uses.get(node.name) ?? 0) + 1);
    });
  return uses;
};
