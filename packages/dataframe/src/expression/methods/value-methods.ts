import type { ScalarDataType, ValueOfType } from "../../schema/data-types.js";
import { type Constant, constantOf, nullOf } from "../constant.js";
import type { BooleanExpr, Expr, TextExpr } from "../expr.js";
import type { Expression } from "../expression.js";
import { call, callNode, nodeOf, type Operand, withNode } from "../term.js";

/** What values are compared with: numbers with numbers of either kind, anything else with its own kind. */
export type Comparable<Value> = Value extends number | bigint
  ? number | bigint
  : Value extends boolean
    ? boolean
    : Value;

/** Bigints are a column's way to show its values, not a type to cast to. */
type CastTarget<Type> = [ValueOfType<Type>] extends [bigint]
  ? { readonly "cast to int64 or timestamp without { as }: bigints come from columns declared so": never }
  : unknown;

/** What values of every type can do. Comparisons with null are null. */
export class ValueMethods<Value> {
  declare readonly node: Expression;
  /** Never there; it carries the type of the values, without nulls. */
  declare readonly value?: Value | undefined;

  eq(other: Operand<Comparable<Value>>): BooleanExpr {
    return call(this, "eq", other);
  }
  ne(other: Operand<Comparable<Value>>): BooleanExpr {
    return call(this, "ne", other);
  }
  lt(other: Operand<Comparable<Value>>): BooleanExpr {
    return call(this, "lt", other);
  }
  le(other: Operand<Comparable<Value>>): BooleanExpr {
    return call(this, "le", other);
  }
  gt(other: Operand<Comparable<Value>>): BooleanExpr {
    return call(this, "gt", other);
  }
  ge(other: Operand<Comparable<Value>>): BooleanExpr {
    return call(this, "ge", other);
  }

  /** From `low` to `high`, both included. */
  between(low: Operand<Comparable<Value>>, high: Operand<Comparable<Value>>): BooleanExpr {
    return withNode(this, callNode("and", [this.ge(low), this.le(high)]));
  }

  /** Whether it equals one of the values. With a null among them, what equals none is null instead of false. */
  isIn(values: Iterable<(Comparable<Value> & Constant) | null>): BooleanExpr {
    const given = [...values];
    const literals = given.map((value) => (value === null ? undefined : constantOf(value)));
    const nothing = nullOf(literals.find((literal) => literal !== undefined)?.type ?? "boolean");
    return withNode(
      this,
      Object.freeze({
        kind: "isIn",
        input: this.node,
        values: Object.freeze(literals.map((literal) => literal ?? nothing)),
      }),
    );
  }

  isNull(): BooleanExpr {
    return call(this, "isNull");
  }
  isNotNull(): BooleanExpr {
    return call(this, "isNotNull");
  }

  /** What to take instead of null: the first of them that is not. */
  orElse(...others: readonly [Operand<Value>, ...Operand<Value>[]]): Expr<Value> {
    return call(this, "coalesce", ...others);
  }

  /** Null where it equals `other`. */
  nullIf(other: Operand<Comparable<Value>>): Expr<Value> {
    return call(this, "nullIf", other);
  }

  /**
   * The value as another type. Floats become integers half away from zero.
   * @param onFailure - what a value becomes that the type does not hold, like text that is no number. @defaultValue "error":
   * the query ends with `TYPE_MISMATCH`
   */
  cast<Type extends ScalarDataType>(
    type: Type & CastTarget<Type>,
    { onFailure = "error" }: { readonly onFailure?: "error" | "null" } = {},
  ): Expr<ValueOfType<Type>> {
    return withNode(this, Object.freeze({ kind: "cast", input: nodeOf(this), type: type.type, onFailure }));
  }

  /** As text, the way results are printed. */
  toText(): TextExpr {
    return withNode(this, Object.freeze({ kind: "cast", input: this.node, type: "utf8", onFailure: "error" }));
  }
}
