import type { BooleanExpr, Expr, NumberExpr } from "../expr.js";
import type { Expression } from "../expression.js";
import { call, type Operand } from "../term.js";
import type { Comparable } from "./value-methods.js";

export class ListMethods<Element> {
  declare readonly node: Expression;

  size(): NumberExpr<number> {
    return call(this, "listLength");
  }
  /** The element at an index: from 0, negative from the end; null where there is none. */
  at(index: Operand<number>): Expr<Element> {
    return call(this, "listGet", index);
  }
  includes(element: Operand<Comparable<Element>>): BooleanExpr {
    return call(this, "listContains", element);
  }
}
