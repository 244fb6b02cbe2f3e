import { inputsOf } from "./inputs.js";
import type { Plan } from "./plan.js";

/** At most so many rows come out, as far as the plan alone tells; infinite if it does not. */
export const rowCountMax = (plan: Plan): number => {
  const most = inputsOf(plan).reduce((sum, input) => sum + rowCountMax(input), 0);
  switch (plan.kind) {
    case "scan":
    case "explode":
      return most === 0 && plan.kind === "explode" ? 0 : Number.POSITIVE_INFINITY;
    case "aggregate":
      return plan.keys.length === 0 ? 1 : most;
    case "sort":
      return Math.min(most, plan.limit ?? most);
    case "limit":
      return Math.min(Math.max(0, most - plan.offset), plan.count);
    default:
      return most;
  }
};
