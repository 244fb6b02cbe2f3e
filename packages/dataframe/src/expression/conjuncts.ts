/** Conditions as the list of what must all be true. */
import type { Expression } from "./expression.js";

/** Arguments that a call may have. */
const ARGS_MAX = 1000;

/** In the order in which they are tested: what comes later may rely on what comes before. */
export const conjunctsOf = (predicate: Expression): readonly Expression[] =>
  predicate.kind === "call" && predicate.name === "and" ? predicate.args.flatMap(conjunctsOf) : [predicate];

/** @param conjuncts - at least one. */
export const allOf = (conjuncts: readonly Expression[]): Expression => {
  if (conjuncts.length === 1) return conjuncts[0]!;
  if (conjuncts.length <= ARGS_MAX) return { kind: "call", name: "and", args: conjuncts };
  const parts: Expression[] = [];
  for (let start = 0; start < conjuncts.length; start += ARGS_MAX)
    parts.push(allOf(conjuncts.slice(start, start + ARGS_MAX)));
  return allOf(parts);
};
