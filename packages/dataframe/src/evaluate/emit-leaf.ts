/** What a loop reads ready-made because text or lists are in it: values by row, or by code of a dictionary. */
import type { Expression } from "../expression/expression.js";
import type { Loop } from "./loop.js";
import type { Operand } from "./operand.js";
import type { Scope } from "./scope.js";

export const emitLeaf = (_loop: Loop, _scope: Scope, expression: Expression): Operand => {
  throw new Error(`invariant: no leaf computes ${expression.kind}`);
};
