/** Where expressions begin: columns, constants, choices, and functions without a first among equals. */
import { type DataType, type ScalarDataType, typeName, type ValueOfType } from "../schema/data-types.js";
import { type Constant, constantOf, nullOf } from "./constant.js";
import { type DateExpr, type Expr, exprOf, type TextExpr } from "./expr.js";
import { callNode, type Operand, type Term } from "./term.js";

/**
 * A column by its name.
 * @param type - what it is to be: gives the compiler its type, and is checked when the plan is built.
 * @example col("delay", float64).gt(0)
 */
export function col(name: string): Expr<unknown>;
export function col<Type extends DataType>(name: string, type: Type): Expr<ValueOfType<Type>>;
export function col(name: string, type?: DataType): unknown {
  return exprOf(Object.freeze({ kind: "column", name, ...(type === undefined ? {} : { type: typeName(type) }) }));
}

/** What a constant is to the compiler: the type `number`, not the number 5. */
type Widened<Value> = Value extends number | bigint
  ? number
  : Value extends string
    ? string
    : Value extends boolean
      ? boolean
      : Value;

/**
 * A constant. Numbers without a fraction are int64, others float64; a `Date` is a timestamp.
 * @param type - where it is to be another; needed for null.
 * @throws {@link Eau2Error} `USAGE` for a value that is none of the type.
 * @example lit(new Date("2024-02-29"), date)
 */
export function lit<Value extends Constant>(value: Value): Expr<Widened<Value>>;
export function lit<Type extends ScalarDataType>(value: ValueOfType<Type> | null, type: Type): Expr<ValueOfType<Type>>;
export function lit(value: unknown, type?: ScalarDataType): unknown {
  return exprOf(value === null && type !== undefined ? nullOf(type.type) : constantOf(value, type?.type));
}

// biome-ignore lint/suspicious/noExplicitAny: operands of any type, from which theirs is inferred
type AnyOperand = Operand<any>;

/** What an operand is worth to the compiler. */
export type ValueOfOperand<Given> = Given extends Term<infer Value> ? Value : Widened<Given>;

type Several = readonly [AnyOperand, AnyOperand, ...AnyOperand[]];

/** Operands of one kind: numbers, texts, dates. */
type OneKind<Given extends Several> = { readonly [Index in keyof Given]: Operand<ValueOfOperand<Given[0]>> };

const several =
  (name: "concat" | "least" | "greatest" | "coalesce") =>
  (...operands: readonly unknown[]): never =>
    exprOf(callNode(name, operands)) as never;

/** Texts one after another; null if one of them is. */
export const concat: (...texts: readonly [Operand<string>, Operand<string>, ...Operand<string>[]]) => TextExpr =
  several("concat");

/** The least of them; nulls are skipped. */
export const least: <const Given extends Several>(
  ...operands: Given & OneKind<Given>
) => Expr<ValueOfOperand<Given[0]>> = several("least");

/** The greatest of them; nulls are skipped. */
export const greatest: <const Given extends Several>(
  ...operands: Given & OneKind<Given>
) => Expr<ValueOfOperand<Given[0]>> = several("greatest");

/** The first that is not null. */
export const coalesce: <const Given extends Several>(
  ...operands: Given & OneKind<Given>
) => Expr<ValueOfOperand<Given[0]>> = several("coalesce");

/** A date from its parts; null where there is no such day. */
export const makeDate = (year: Operand<number>, month: Operand<number>, day: Operand<number>): DateExpr =>
  exprOf(callNode("makeDate", [year, month, day]));
