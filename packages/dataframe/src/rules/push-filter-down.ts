/**
 * Conditions move towards the data, each as far as it can, so that fewer rows are computed, sorted and grouped, and chunks
 * are pruned by statistics.
 *
 * Must not fire
 * - through limit, sample, and sort with a limit: they would pick other rows;
 * - through explode for conditions on its column, and for any that may fail: rows with an empty list are not there above;
 * - through distinct and aggregate for conditions on anything but keys, which all rows of a group share; nor for those that
 *   tell -0 from 0, which are one key; nor below an aggregate without keys, which has a row even if none is left;
 * - through a projection or a grouping where that would compute something costly once more;
 * - past a condition that stays, for one that may fail: the first may be there to guard the second.
 */
import { columnUses, visitExpression } from "../expression/children.js";
import { allOf, conjunctsOf } from "../expression/conjuncts.js";
import type { Expression } from "../expression/expression.js";
import { mayFail } from "../expression/may-fail.js";
import { type Definitions, definitionsOf, depthOf, isCheap, substitute } from "../expression/substitute.js";
import { mapInputs } from "../plan/inputs.js";
import type { Plan } from "../plan/plan.js";
import { planColumns } from "../plan/plan-columns.js";
import type { Rule } from "./rule.js";

/** Beyond it a substituted condition stays where it is. */
const DEPTH_MAX = 100;

export const pushFilterDown: Rule = (plan) => {
  if (plan.kind !== "filter") return plan;
  const { input } = plan;
  const translate = translationThrough(input);
  if (translate === undefined) return plan;
  const columns = planColumns(input);
  const stays: Expression[] = [];
  const moves: Expression[] = [];
  for (const conjunct of conjunctsOf(plan.predicate)) {
    const moved = stays.length > 0 && mayFail(conjunct, columns) ? undefined : translate(conjunct);
    if (moved === undefined) stays.push(conjunct);
    else moves.push(moved);
  }
  if (moves.length === 0) return plan;
  const predicate = allOf(moves);
  const below = mapInputs(input, (inner): Plan => ({ kind: "filter", input: inner, predicate }));
  return stays.length === 0 ? below : { kind: "filter", input: below, predicate: allOf(stays) };
};

/** A condition over the result of an operator as one over its input; undefined where it must not move. */
type Translate = (conjunct: Expression) => Expression | undefined;

const unchanged: Translate = (conjunct) => conjunct;

const translationThrough = (input: Plan): Translate | undefined => {
  switch (input.kind) {
    case "project":
      return bySubstitution(definitionsOf(input.columns));
    case "sort":
      return input.limit === null ? unchanged : undefined;
    case "union":
      return unchanged;
    case "distinct": {
      const keys = input.columns ?? planColumns(input).map(({ name }) => name);
      return onKeys(new Set(keys), unchanged);
    }
    case "aggregate":
      if (input.keys.length === 0) return undefined;
      return onKeys(new Set(input.keys.map(({ name }) => name)), bySubstitution(definitionsOf(input.keys)));
    case "explode": {
      const columns = planColumns(input);
      return (conjunct) =>
        columnUses([conjunct]).has(input.column) || mayFail(conjunct, columns) ? undefined : conjunct;
    }
    default:
      return undefined;
  }
};

const bySubstitution =
  (definitions: Definitions): Translate =>
  (conjunct) => {
    for (const name of columnUses([conjunct]).keys()) if (!isCheap(definitions.get(name)!)) return undefined;
    const moved = substitute(conjunct, definitions);
    // A chain of projections could make it grow without end.
    return depthOf(moved) > DEPTH_MAX || (moved !== conjunct && !isShort(moved)) ? undefined : moved;
  };

const NODES_MAX = 256;
const isShort = (expression: Expression): boolean => {
  let nodeCount = 0;
  visitExpression(expression, () => nodeCount++);
  return nodeCount <= NODES_MAX;
};

const onKeys =
  (keys: ReadonlySet<string>, translate: Translate): Translate =>
  (conjunct) => {
    for (const name of columnUses([conjunct]).keys()) if (!keys.has(name)) return undefined;
    return tellsZerosApart(conjunct) ? undefined : translate(conjunct);
  };

/** Whether a value of -0 may give another result than 0 does. */
const tellsZerosApart = (expression: Expression): boolean => {
  let does = false;
  visitExpression(expression, (node) => {
    if (node.kind === "call") does ||= node.name === "divide" || node.name === "power";
    if (node.kind === "cast") does ||= node.type === "utf8";
  });
  return does;
};
