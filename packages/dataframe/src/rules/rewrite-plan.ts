/** Applies all rules, in a fixed order, until none changes the plan any more. */
import { deepFreeze } from "../plan/deep-freeze.js";
import { mapInputs } from "../plan/inputs.js";
import type { Plan } from "../plan/plan.js";
import { isWithinLimits } from "../plan/plan-limits.js";
import { dropIdentityProject } from "./drop-identity-project.js";
import { dropSortBelowAggregate } from "./drop-sort-below-aggregate.js";
import { foldConstants } from "./fold-constants.js";
import { mergeFilters } from "./merge-filters.js";
import { mergeProjects } from "./merge-projects.js";
import { pruneColumns } from "./prune-columns.js";
import { pushFilterDown } from "./push-filter-down.js";
import { pushLimitDown } from "./push-limit-down.js";
import type { Rule } from "./rule.js";
import { topK } from "./top-k.js";

/** Constants first, which decide what the others see; projections are merged when filters have left them. */
const RULES: readonly Rule[] = [
  foldConstants,
  mergeFilters,
  pushFilterDown,
  pushLimitDown,
  topK,
  dropSortBelowAggregate,
  mergeProjects,
  dropIdentityProject,
];

/** More rounds than any plan has been seen to need; rules that undid each other would end here, and fail their tests. */
const ROUNDS_MAX = 50;

/**
 * @param plan - within the limits and well typed, as `planColumns` checks it.
 * @returns a frozen plan with the same columns and rows (groups perhaps in another order); the plan itself where rewriting
 * would make it larger than plans may be.
 */
export const rewritePlan = (plan: Plan): Plan => {
  let current = deepFreeze(plan);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const next = pruneColumns(RULES.reduce(applyEverywhere, current));
    if (next === current) break;
    current = next;
  }
  return isWithinLimits(current) ? deepFreeze(current) : plan;
};

/** From the top, so that one walk takes a filter all the way down; parts that occur several times are rewritten once. */
const applyEverywhere = (plan: Plan, rule: Rule): Plan => {
  const done = new Map<Plan, Plan>();
  const visit = (start: Plan): Plan => {
    const known = done.get(start);
    if (known !== undefined) return known;
    let node = start;
    for (let next = rule(frozen(node)); next !== node; next = rule(frozen(node))) node = next;
    const result = frozen(mapInputs(node, visit));
    done.set(start, result);
    return result;
  };
  return visit(plan);
};

/** Frozen operators have their columns remembered. */
const frozen = (plan: Plan): Plan => Object.freeze(plan);
