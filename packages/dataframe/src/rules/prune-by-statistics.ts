/**
 * Which chunks a filter need not read. A chunk is left out only if its statistics prove that the condition is true for none
 * of its rows and that none of them ends the query with an error: what would fail must fail whatever else is in the query.
 */
import type { ColumnStatistics } from "../expression/bounds/leaf-bounds.js";
import { boundsOf } from "../expression/bounds.js";
import type { Expression } from "../expression/expression.js";

/** @param statistics - of every column that the condition names. */
export const canMatch = (predicate: Expression, statistics: readonly ColumnStatistics[]): boolean => {
  const { values, mayFail } = boundsOf(predicate, statistics);
  return mayFail || (values !== undefined && (values.kind !== "booleans" || values.mayBeTrue));
};
