/** What expressions are to the code that builds them: an object around one frozen node. */

import { Eau2Error } from "@eau2/protocol";
import { type Constant, constantOf } from "./constant.js";
import type { Expression } from "./expression.js";
import type { FunctionName } from "./functions.js";

/** Anything that has a value in every row. */
export interface Term<Value = unknown> {
  readonly node: Expression;
  /** Never there; it carries the type of the values, without nulls. */
  readonly value?: Value | undefined;
}

/** What computes a value, or a constant. */
export type Operand<Value> = Term<Value> | (Value & Constant);

const isTerm = (value: unknown): value is Term =>
  typeof value === "object" && value !== null && "node" in value && typeof value.node === "object";

/** @throws {@link Eau2Error} `USAGE` for what a program without types gave instead of an expression. */
export const termNode = (term: unknown, place: string): Expression => {
  if (isTerm(term)) return term.node;
  throw new Eau2Error("USAGE", `${place}: give an expression, like row.delay.gt(15), or lit(5) for a constant`);
};

/** @throws {@link Eau2Error} `USAGE` for a value that no constant can be. */
export const nodeOf = (operand: unknown): Expression => (isTerm(operand) ? operand.node : constantOf(operand));

export const callNode = (name: FunctionName, operands: readonly unknown[]): Expression =>
  Object.freeze({ kind: "call", name, args: Object.freeze(operands.map(nodeOf)) });

/** An expression of the same class as `self`: methods live in families that do not know the class they are mixed into. */
export const withNode = <Out>(self: Term, node: Expression): Out =>
  new (self.constructor as new (node: Expression) => Out)(node);

/** A function over `self` and what follows. */
export const call = <Out>(self: Term, name: FunctionName, ...operands: readonly unknown[]): Out =>
  withNode(self, callNode(name, [self, ...operands]));
