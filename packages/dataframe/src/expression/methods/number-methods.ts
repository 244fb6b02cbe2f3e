import type { BooleanExpr, NumberExpr } from "../expr.js";
import type { Expression } from "../expression.js";
import { call, type Operand } from "../term.js";

/**
 * Integers with integers stay exact (`INT64_OVERFLOW` beyond int64); anything with a float is a float64. Columns that show
 * bigints are computed with bigints: cast to mix them with floats.
 */
export class NumberMethods<Value extends number | bigint> {
  declare readonly node: Expression;

  add(other: Operand<Value>): NumberExpr<Value> {
    return call(this, "add", other);
  }
  sub(other: Operand<Value>): NumberExpr<Value> {
    return call(this, "subtract", other);
  }
  mul(other: Operand<Value>): NumberExpr<Value> {
    return call(this, "multiply", other);
  }
  /** Division of floats: by zero it is infinite, or NaN for zero. */
  div(other: Operand<number | bigint>): NumberExpr<number> {
    return call(this, "divide", other);
  }
  /** Division that drops the fraction; null by zero. */
  intDiv(other: Operand<Value>): NumberExpr<Value> {
    return call(this, "intDivide", other);
  }
  /** The remainder, with the sign of this; null by zero for integers. */
  mod(other: Operand<Value>): NumberExpr<Value> {
    return call(this, "remainder", other);
  }
  neg(): NumberExpr<Value> {
    return call(this, "negate");
  }
  abs(): NumberExpr<Value> {
    return call(this, "abs");
  }
  /** -1, 0 or 1. */
  sign(): NumberExpr<Value> {
    return call(this, "sign");
  }
  /** Half away from zero. @param digits - behind the point; negative before it. @defaultValue 0 */
  round(digits?: number): NumberExpr<Value> {
    return digits === undefined ? call(this, "round") : call(this, "round", digits);
  }
  floor(): NumberExpr<Value> {
    return call(this, "floor");
  }
  ceil(): NumberExpr<Value> {
    return call(this, "ceil");
  }
  /** Toward zero. */
  trunc(): NumberExpr<Value> {
    return call(this, "trunc");
  }
  sqrt(): NumberExpr<number> {
    return call(this, "sqrt");
  }
  exp(): NumberExpr<number> {
    return call(this, "exp");
  }
  ln(): NumberExpr<number> {
    return call(this, "ln");
  }
  log2(): NumberExpr<number> {
    return call(this, "log2");
  }
  log10(): NumberExpr<number> {
    return call(this, "log10");
  }
  pow(exponent: Operand<number | bigint>): NumberExpr<number> {
    return call(this, "power", exponent);
  }
  isNaN(): BooleanExpr {
    return call(this, "isNaN");
  }
  /** Neither NaN nor infinite. */
  isFinite(): BooleanExpr {
    return call(this, "isFinite");
  }
}
