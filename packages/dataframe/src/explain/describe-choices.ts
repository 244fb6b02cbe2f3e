/** The algorithms that were chosen for a sink, in words. */
import type { Accumulator } from "../aggregates/accumulator.js";
import { summarizeExpression } from "../expression/print.js";
import { isDirect } from "../group/group-spec.js";
import { keyLayout } from "../group/key-layout.js";
import type { GroupPlan } from "../planner/plan-group.js";
import type { SortPlan } from "../planner/plan-sort.js";
import { formatCount, formatCounted } from "../print/format-numbers.js";

export const describeGroups = (plan: GroupPlan): string[] => {
  const { spec } = plan;
  return [
    keysLine(plan),
    sentLine(plan),
    ...sumLines(plan),
    ...(plan.ranked.length === 0 ? [] : [`text is compared by its rank in the dictionary: ${rankedInputs(plan)}`]),
    formatCounted(spec.partitionCount, "hash partition"),
  ];
};

const keysLine = ({ spec }: GroupPlan): string => {
  if (spec.keys.length === 0) return "one group";
  const { combinations, wordCount } = keyLayout(spec.keys);
  if (isDirect(combinations)) return `keys index an array: ${formatCounted(combinations, "combination")} at most`;
  return `keys are hashed: ${wordCount * 32} bits each`;
};

const sentLine = ({ spec }: GroupPlan): string => {
  if (spec.needsRows) return "tasks send rows: some aggregate needs all values of a group";
  // A task sees by its first chunk.
  return spec.partitionCount === 1
    ? "tasks send the states of their groups"
    : "tasks send the states of their groups, or rows where keys hardly repeat";
};

const input = (plan: GroupPlan, index: number): string =>
  summarizeExpression(plan.columns[plan.spec.keys.length + index]!.expression);

const rankedInputs = (plan: GroupPlan): string => plan.ranked.map((index) => input(plan, index)).join(", ");

const SUM_WORDS: Readonly<Record<string, string>> = {
  sumExact: "exact, below 2^53 whatever the rows",
  sumWide: "exact, 32 bits at a time",
  sumPlain: "as they come: the last digits depend on the order of rows",
};

/** Each way of adding, and what is added so. */
const sumLines = (plan: GroupPlan): string[] => {
  const byWay = new Map<string, string[]>();
  for (const accumulator of plan.spec.accumulators) {
    const way = wayOfSum(accumulator);
    if (way === undefined) continue;
    byWay.set(way, [...(byWay.get(way) ?? []), summed(plan, accumulator)]);
  }
  return [...byWay].map(([way, terms]) => `sums of ${terms.join(", ")}: ${way}`);
};

const wayOfSum = (accumulator: Accumulator): string | undefined => {
  if (accumulator.kind !== "sumFloat") return SUM_WORDS[accumulator.kind];
  const { grid } = accumulator;
  return grid === null
    ? "in bins that slide with the values, because no bounds are known"
    : `in ${formatCounted(grid.quanta.length, "bin")} fixed by statistics`;
};

const summed = (plan: GroupPlan, accumulator: Accumulator): string => {
  if (!("inputs" in accumulator)) return "rows";
  const factors = accumulator.inputs.map((index) => input(plan, index));
  const term = "term" in accumulator ? accumulator.term : "value";
  return term === "square" ? `${factors[0]}^2` : factors.join(" * ");
};

export const describeSort = ({ spec, columns, ranked, partitionCount, sampleStride }: SortPlan): string[] => [
  spec.limit === null
    ? partitionCount === 1
      ? "all rows are sorted in one partition"
      : `rows are split into ${partitionCount} ranges, found by looking at one row of ${formatCount(sampleStride)}`
    : `tasks send the first ${formatCount(spec.limit)} of each chunk`,
  ...(ranked.length === 0
    ? []
    : [
        `text is compared by its rank in the dictionary: ${ranked
          .map((key) => summarizeExpression(columns[key]!.expression))
          .join(", ")}`,
      ]),
];
