/**
 * Questions that no engine has seen before: each derives a column by steps of its own, so that neither the plan nor the
 * code compiled for it can be one that is kept.
 */
import { greatest, mean, type NumberExpr, sum } from "@eau2/dataframe";
import type { G1Query } from "./g1-frame.js";

type Step = (a: NumberExpr, b: NumberExpr) => NumberExpr;

const STEPS: readonly Step[] = [(a, b) => a.add(b), (a, b) => a.sub(b), (a, b) => a.mul(b), (a, b) => greatest(a, b)];
const STEP_COUNT = 6;

/** There are so many. */
export const SHAPE_COUNT = STEPS.length ** STEP_COUNT;

/** @param index - 0 to {@link SHAPE_COUNT} - 1; its digits are the steps. */
export const newShape =
  (index: number): G1Query =>
  (x) =>
    x
      .filter((row) => row.v1.lt(5))
      .derive((row) => {
        let steps: NumberExpr = row.v3;
        for (let digit = 0, left = index; digit < STEP_COUNT; digit++, left = Math.floor(left / STEPS.length)) {
          steps = STEPS[left % STEPS.length]!(steps, digit % 2 === 0 ? row.v1 : row.v2);
        }
        return { steps };
      })
      .groupBy("id1")
      .agg({ total: sum("steps"), mean: mean("v3") });
