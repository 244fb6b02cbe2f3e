/** `when(condition, value).when(condition, value).otherwise(value)`. */

import type { ValueOfOperand } from "./builders.js";
import { nullOf } from "./constant.js";
import { type Expr, exprOf } from "./expr.js";
import type { Case, Expression } from "./expression.js";
import { nodeOf, type Operand } from "./term.js";

type Branch = Case["branches"][number];

/** Branches that are tried in order; {@link otherwise} makes an expression of them. */
export class When<Value> {
  constructor(private readonly branches: readonly Branch[]) {
    Object.freeze(this);
  }

  /** Where all conditions before are false or null, and this one is true. */
  when(condition: Operand<boolean>, value: Operand<Value> | null): When<Value> {
    return new When([...this.branches, branchOf(condition, value)]);
  }

  /** Where no condition is true. */
  otherwise(value: Operand<Value> | null): Expr<Value> {
    return exprOf(
      Object.freeze({
        kind: "case",
        branches: Object.freeze([...this.branches]),
        otherwise: value === null ? null : nodeOf(value),
      }),
    );
  }
}

/** @example when(row.delay.gt(15), "late").when(row.delay.isNull(), null).otherwise("on time") */
export const when = <Given extends Operand<unknown> | null>(
  condition: Operand<boolean>,
  value: Given,
): When<ValueOfOperand<Given>> => new When([branchOf(condition, value)]);

const branchOf = (condition: unknown, value: unknown): Branch =>
  Object.freeze({ when: nodeOf(condition), value: valueNode(value) });

/** The type of a null is that of the other branches: `typed-nulls.ts` gives it. */
const valueNode = (value: unknown): Expression => (value === null ? nullOf("boolean") : nodeOf(value));
