import type { Expression, ValueType } from "@eau2/dataframe";
import { call, text } from "./build.js";
import type { ExpressionMaker } from "./random-expression.js";

/** There are no literals of lists. */
export const listExpression = (maker: ExpressionMaker, type: ValueType, depth: number): Expression => {
  if (type === "list<utf8>")
    return call("split", maker.characters(depth - 1), text(maker.random.pick([",", "a", " ", "é"])));
  return maker.leafList(type);
};
