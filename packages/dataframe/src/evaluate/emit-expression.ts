/** An expression as statements of a loop: every node is emitted by the family it belongs to. */
import type { Expression, Literal, ValueType } from "../expression/expression.js";
import { literalValue } from "../expression/literal-value.js";
import { emitArithmetic } from "./emit-arithmetic.js";
import { emitCast } from "./emit-cast.js";
import { constantInteger, emitColumn, emitVectorIsNull } from "./emit-column.js";
import { emitComparison } from "./emit-comparison.js";
import { emitDate } from "./emit-date.js";
import { emitCase, emitIsIn, emitLogic } from "./emit-logic.js";
import { type CodedRows, emitLeaf, type Leaf } from "./leaf.js";
import type { Loop } from "./loop.js";
import { booleanOperand, floatOperand, nullOperand, type Operand } from "./operand.js";
import type { Scope } from "./scope.js";

/** Whether values of a type lie in variables of a loop. */
export const isOfLoops = (type: ValueType): type is Operand["type"] => type !== "utf8" && !type.startsWith("list<");

const emitLiteral = (loop: Loop, literal: Literal): Operand => {
  const type = literal.type as Operand["type"];
  if (literal.value === null) return nullOperand(type);
  const value = literalValue(literal);
  switch (typeof value) {
    case "boolean":
      return booleanOperand(value ? "1" : "0", undefined);
    case "number":
      return { ...floatOperand(loop.parameter("k", value), undefined, Number.isNaN(value)), type };
    case "bigint":
      return constantInteger(loop, value, undefined, type);
    default:
      throw new Error("invariant: a loop has no text");
  }
};

/** Whether a column is null, whatever its type: no value is read. */
const nullTest = (expression: Expression): { readonly column: string; readonly isNull: boolean } | undefined => {
  if (expression.kind !== "call" || (expression.name !== "isNull" && expression.name !== "isNotNull")) return undefined;
  const [input] = expression.args;
  return input?.kind === "column" ? { column: input.name, isNull: expression.name === "isNull" } : undefined;
};

/** A node that a loop reads ready-made; undefined: it is computed. */
export type LeafOf = (
  expression: Expression,
) => { readonly leaf: Leaf; readonly rows: CodedRows | undefined } | undefined;

/** Emits `expression`, which is a number, boolean or date. @returns where its value of the row is. */
export const emitExpression = (loop: Loop, scope: Scope, root: Expression, leafOf: LeafOf): Operand => {
  const columns = new Map<string, Operand>();

  const emit = (expression: Expression): Operand => {
    const tested = nullTest(expression);
    if (tested !== undefined) {
      const isNull = emitVectorIsNull(loop, scope.vector(tested.column)) ?? "0";
      return booleanOperand(tested.isNull ? isNull : loop.let(`${isNull} ^ 1`), undefined);
    }
    const found = leafOf(expression);
    if (found !== undefined) return emitLeaf(loop, found.leaf, found.rows);
    switch (expression.kind) {
      case "column": {
        let operand = columns.get(expression.name);
        if (operand === undefined) {
          operand = emitColumn(loop, scope.vector(expression.name));
          columns.set(expression.name, operand);
        }
        return operand;
      }
      case "literal":
        return emitLiteral(loop, expression);
      case "case":
        return emitCase(loop, expression, { kind: "literal", type: scope.scalarTypeOf(expression), value: null }, emit);
      case "isIn":
        return emitIsIn(loop, expression, emit(expression.input), emit);
      case "cast":
        return emitCast(loop, expression, emit(expression.input));
      case "call": {
        const chosen = emitLogic(loop, expression, emit) ?? emitDate(loop, expression, emit);
        if (chosen !== undefined) return chosen;
        const operands = expression.args.map(emit);
        const operand = emitArithmetic(loop, expression, operands) ?? emitComparison(loop, expression, operands);
        if (operand !== undefined) return operand;
        throw new Error(`invariant: ${expression.name} is computed by a loop or a leaf`);
      }
      default:
        return expression satisfies never;
    }
  };

  return emit(root);
};
