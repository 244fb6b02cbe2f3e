/** `when(condition, value).when(condition, value).otherwise(value)`. */
import type { ValueOfOperand } from "./builders.js";
import { nullOf } from "./constant.js";
import { type Expr, exprOf } from "./expr.js";
import type { Case } from "./expression.js";
import { nodeOf, type Operand } from "./term.js";

type Branch = Case["branches"][number];

/** As long as all values were null, `Value` is `never`, and any type may come. */
// biome-ignore lint/suspicious/noExplicitAny: operands of any type, from which theirs is inferred
type Next<Value> = ([Value] extends [never] ? Operand<any> : Operand<Value>) | null;

type Known<Value, Given> = [Value] extends [never] ? (Given extends null ? never : ValueOfOperand<Given>) : Value;

/** Branches that are tried in order; {@link otherwise} makes an expression of them. */
export class When<Value> {
  constructor(private readonly branches: readonly Branch[]) {
    Object.freeze(this);
  }

  /** Where all conditions before are false or null, and this one is true. */
  when<Given extends Next<Value>>(condition: Operand<boolean>, value: Given): When<Known<Value, Given>> {
    return new When([...this.branches, branchOf(condition, value)]);
  }

  /** Where no condition is true. */
  otherwise<Given extends Next<Value>>(value: Given): Expr<Known<Value, Given>> {
    const otherwise = value === null ? null : nodeOf(value);
    return exprOf(Object.freeze({ kind: "case", branches: Object.freeze([...this.branches]), otherwise }));
  }
}

/** @example when(row.delay.gt(15), "late").when(row.delay.isNull(), null).otherwise("on time") */
export const when = <Given extends Next<never>>(condition: Operand<boolean>, value: Given): When<Known<never, Given>> =>
  new When([branchOf(condition, value)]);

/** The type of a null is that of the other values: `typed-nulls.ts` gives it. */
const branchOf = (condition: unknown, value: unknown): Branch =>
  Object.freeze({ when: nodeOf(condition), value: value === null ? nullOf("boolean") : nodeOf(value) });
