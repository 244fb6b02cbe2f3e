import type { BooleanExpr } from "../expr.js";
import type { Expression } from "../expression.js";
import { call, type Operand } from "../term.js";

type Others = readonly [Operand<boolean>, ...Operand<boolean>[]];

/** Three-valued: null is "not known", so `false and null` is false, and `true and null` null. */
export class BooleanMethods {
  declare readonly node: Expression;

  and(...others: Others): BooleanExpr {
    return call(this, "and", ...others);
  }
  or(...others: Others): BooleanExpr {
    return call(this, "or", ...others);
  }
  not(): BooleanExpr {
    return call(this, "not");
  }
}
