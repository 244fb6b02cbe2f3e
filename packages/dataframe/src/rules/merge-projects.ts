/**
 * A projection, or a grouping, over a projection takes its definitions in, and one pass computes both.
 *
 * Must not fire where a definition that computes something is used more than once: it stays computed once. Nor where
 * expressions would become so deep that no plan may hold them.
 */
import { definitionsOf, depthOf, staysComputedOnce, substitute } from "../expression/substitute.js";
import { expressionsOf, mapExpressions } from "../plan/map-expressions.js";
import type { Rule } from "./rule.js";

const DEPTH_MAX = 100;

export const mergeProjects: Rule = (plan) => {
  if ((plan.kind !== "project" && plan.kind !== "aggregate") || plan.input.kind !== "project") return plan;
  const definitions = definitionsOf(plan.input.columns);
  if (!staysComputedOnce(expressionsOf(plan), definitions)) return plan;
  const merged = mapExpressions({ ...plan, input: plan.input.input }, (expression) =>
    substitute(expression, definitions),
  );
  return expressionsOf(merged).some((expression) => depthOf(expression) > DEPTH_MAX) ? plan : merged;
};
