/**
 * Expressions as programs write them: an object around one frozen node, whose methods make new ones. There is one class;
 * the compiler sees of it what the type of the values can do. Columns of which it knows no type have all methods, and the
 * types are checked when the plan is built.
 */
import { Eau2Error } from "@eau2/protocol";
import type { Expression } from "./expression.js";
import { BooleanMethods } from "./methods/boolean-methods.js";
import { DateMethods } from "./methods/date-methods.js";
import { ListMethods } from "./methods/list-methods.js";
import { NumberMethods } from "./methods/number-methods.js";
import { TextMethods } from "./methods/text-methods.js";
import { ValueMethods } from "./methods/value-methods.js";

export interface NumberExpr<Value extends number | bigint = number> extends ValueMethods<Value>, NumberMethods<Value> {}
export interface TextExpr extends ValueMethods<string>, TextMethods {}
export interface BooleanExpr extends ValueMethods<boolean>, BooleanMethods {}
/** Dates and timestamps. */
export interface DateExpr extends ValueMethods<Date>, DateMethods {}
export interface ListExpr<Element> extends ValueMethods<readonly (Element | null)[]>, ListMethods<Element> {}

/** Of a type that the compiler does not know. */
export interface AnyExpr
  // biome-ignore lint/suspicious/noExplicitAny: it goes where any type is asked for, as values of unknown frames do
  extends ValueMethods<any>,
    NumberMethods<number | bigint>,
    TextMethods,
    BooleanMethods,
    DateMethods,
    // biome-ignore lint/suspicious/noExplicitAny: as above
    ListMethods<any> {}

/** An expression whose values, without nulls, are of type `Value`. */
export type Expr<Value = unknown> = unknown extends Value
  ? AnyExpr
  : [Value] extends [number | bigint]
    ? NumberExpr<Value>
    : [Value] extends [string]
      ? TextExpr
      : [Value] extends [boolean]
        ? BooleanExpr
        : [Value] extends [Date]
          ? DateExpr
          : [Value] extends [readonly (infer Element)[]]
            ? ListExpr<NonNullable<Element>>
            : AnyExpr;

/** The class with the methods of all families. */
const withMethods = <Class extends new (node: Expression) => object>(
  target: Class,
  ...families: readonly { readonly prototype: object }[]
): Class => {
  for (const { prototype } of families) {
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name !== "constructor") Object.defineProperty(target.prototype, name, method);
    }
  }
  return target;
};

const ExprObject = withMethods(
  class Expr {
    constructor(readonly node: Expression) {
      Object.freeze(this);
    }

    /** `row.delay > 5` would compare the object, and always be false. */
    [Symbol.toPrimitive](): never {
      throw new Eau2Error(
        "USAGE",
        "an expression is not a value: write row.delay.gt(5) for row.delay > 5, and row.a.add(row.b) for row.a + row.b",
      );
    }
  },
  ValueMethods,
  NumberMethods,
  TextMethods,
  BooleanMethods,
  DateMethods,
  ListMethods,
);

export const exprOf = <Value>(node: Expression): Expr<Value> => new ExprObject(node) as unknown as Expr<Value>;
