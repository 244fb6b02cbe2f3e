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

/**
 * A query that a person writes needs some tens of steps. One that needs more is left as far as it got, which is as right
 * as what it was; rules that undid each other would end here too, and fail their tests.
 */
const STEPS_MAX = 2_000;

/**
 * @param plan - within the limits and well typed, as `planColumns` checks it.
 * @returns a frozen plan with the same columns and rows (groups perhaps in another order); the plan itself where rewriting
 * would make it larger than plans may be.
 */
export const rewritePlan = (plan: Plan): Plan => {
  const walks = RULES.map((rule) => new Walk(rule));
  let current = deepFreeze(plan);
  let stepsLeft = STEPS_MAX;
  for (let isSettled = false; !isSettled; ) {
    let next = current;
    for (const walk of walks) {
      next = walk.apply(next, stepsLeft);
      stepsLeft -= walk.stepCount;
    }
    next = pruneColumns(next);
    isSettled = next === current || stepsLeft <= 0;
    current = next;
  }
  return isWithinLimits(current) ? deepFreeze(current) : plan;
};

/** One rule, at every operator: from the top, so that one walk takes a filter all the way down. */
class Walk {
  /** Steps of the last walk. */
  stepCount = 0;
  /** Plans in which there was nothing to do. They never change, and each is looked at once. */
  readonly #settled = new WeakSet<Plan>();
  /** Parts that occur several times are rewritten once. */
  readonly #done = new WeakMap<Plan, Plan>();

  constructor(private readonly rule: Rule) {}

  apply(plan: Plan, stepsMax: number): Plan {
    this.stepCount = 0;
    return this.#visit(plan, stepsMax);
  }

  #visit(start: Plan, stepsMax: number): Plan {
    if (this.#settled.has(start)) return start;
    const known = this.#done.get(start);
    if (known !== undefined) return known;
    let node = frozen(start);
    while (this.stepCount < stepsMax) {
      const next = this.rule(node);
      if (next === node) break;
      node = frozen(next);
      this.stepCount++;
    }
    const result = frozen(mapInputs(node, (input) => this.#visit(input, stepsMax)));
    if (result === start) this.#settled.add(start);
    else this.#done.set(start, result);
    return result;
  }
}

/** Frozen operators have their columns remembered. */
const frozen = (plan: Plan): Plan => Object.freeze(plan);
