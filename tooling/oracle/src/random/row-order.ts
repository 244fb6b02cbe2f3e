/**
 * Which plans have one answer. Groups and distinct rows come in an order that only a sort gives a meaning, so what depends on
 * the order of rows is right only above rows that have one.
 */
import { type AggregateName, type Plan, planColumns } from "@eau2/dataframe";

export interface RowOrder {
  /** Whether rows come in one order in every engine; otherwise they are a multiset. */
  readonly isOrdered: boolean;
  /** Columns in which no two rows are equal, if such are known. */
  readonly uniqueBy: readonly string[] | null;
}

/** Of the result of a plan that {@link hasOneAnswer}. */
export const rowOrder = (plan: Plan): RowOrder => {
  switch (plan.kind) {
    case "scan":
      return { isOrdered: true, uniqueBy: null };
    case "filter":
    case "limit":
    case "sample":
      return rowOrder(plan.input);
    case "project": {
      const { isOrdered, uniqueBy } = rowOrder(plan.input);
      const names = uniqueBy?.map(
        (old) => plan.columns.find(({ expression }) => expression.kind === "column" && expression.name === old)?.name,
      );
      return { isOrdered, uniqueBy: names?.every((name) => name !== undefined) ? (names as string[]) : null };
    }
    case "aggregate":
      return { isOrdered: plan.keys.length === 0, uniqueBy: plan.keys.map(({ name }) => name) };
    case "sort": {
      const { isOrdered, uniqueBy } = rowOrder(plan.input);
      const sorted = plan.by.map(({ expression }) => (expression.kind === "column" ? expression.name : undefined));
      const tellsApart = uniqueBy ?? namesOf(plan);
      return { isOrdered: isOrdered || tellsApart.every((name) => sorted.includes(name)), uniqueBy };
    }
    case "distinct":
      return { isOrdered: false, uniqueBy: plan.columns ?? namesOf(plan) };
    case "union":
      return { isOrdered: plan.inputs.every((input) => rowOrder(input).isOrdered), uniqueBy: null };
    case "explode":
      return { ...rowOrder(plan.input), uniqueBy: null };
    default:
      return plan satisfies never;
  }
};

const namesOf = (plan: Plan): string[] => planColumns(plan).map(({ name }) => name);

/** Aggregates whose answer depends on which row comes first. */
export const OF_ORDER: readonly AggregateName[] = ["first", "last", "mode", "minBy", "maxBy"];

export const hasOneAnswer = (plan: Plan): boolean => {
  switch (plan.kind) {
    case "scan":
      return true;
    case "union":
      return plan.inputs.every(hasOneAnswer);
    default:
      return hasOneAnswer(plan.input) && isSettled(plan);
  }
};

const isSettled = (plan: Exclude<Plan, { kind: "scan" | "union" }>): boolean => {
  const { isOrdered, uniqueBy } = rowOrder(plan.input);
  switch (plan.kind) {
    case "limit":
      return isOrdered;
    case "sort":
      return plan.limit === null || rowOrder(plan).isOrdered;
    case "distinct":
      return isOrdered || plan.columns === null || (uniqueBy?.every((name) => plan.columns!.includes(name)) ?? false);
    case "aggregate":
      return isOrdered || !plan.aggregates.some(({ aggregate }) => OF_ORDER.includes(aggregate.name));
    default:
      return true;
  }
};
