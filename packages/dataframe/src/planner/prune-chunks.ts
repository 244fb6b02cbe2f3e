/** Which chunks a stage reads: those that its first conditions, seen against the statistics of each, may let rows through. */

import type { ColumnStatistics, StatisticsValue } from "../expression/bounds/leaf-bounds.js";
import { boundsOf } from "../expression/bounds.js";
import { columnUses } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import type { PipelineStep } from "../operators/pipeline.js";
import type { PlanColumn } from "../plan/plan.js";
import { canMatch } from "../rules/prune-by-statistics.js";
import type { ChunkFacts } from "./column-facts.js";

/** Conditions on columns of the source as they are: the filters that stand before everything else. */
export const sourceConditions = (steps: readonly PipelineStep[]): Expression[] => {
  const conditions: Expression[] = [];
  for (const step of steps) {
    if (step.kind !== "filter") break;
    conditions.push(step.predicate);
  }
  return conditions;
};

/** Names of the columns that conditions are about. */
export const columnsOfConditions = (conditions: readonly Expression[]): string[] => [...columnUses(conditions).keys()];

const asBound = (exact: string | null, other: ChunkFacts["min"]): StatisticsValue | undefined =>
  exact === null ? (other ?? undefined) : BigInt(exact);

/** @param facts - of one chunk, by name: of all columns that the conditions name. */
export const mayPass = (
  conditions: readonly Expression[],
  columns: readonly PlanColumn[],
  facts: (name: string) => ChunkFacts,
): boolean => {
  const names = new Set(columnsOfConditions(conditions));
  const bounds = columns
    .filter(({ name }) => names.has(name))
    .map((column): ColumnStatistics => {
      const { rowCount, nullCount, least, greatest, min, max } = facts(column.name);
      return { ...column, rowCount, nullCount, min: asBound(least, min), max: asBound(greatest, max) };
    });
  for (const condition of conditions) {
    if (!canMatch(condition, bounds)) return false;
    // What fails in a row must fail, whatever a later condition says of that row.
    if (boundsOf(condition, bounds).mayFail) return true;
  }
  return true;
};
