/** Expressions over batches: the whole interface of this folder. */
import { childrenOf } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import { isScalar } from "../expression/value-types.js";
import type { Batch, Vector } from "../vector/vector.js";
import { computeRows, computeVector } from "./compute-numbers.js";
import { evaluationOf } from "./evaluation.js";
import { explainFailures } from "./failure.js";
import { vectorOfLists } from "./list-rows.js";
import { isSlowPatternCall } from "./text/text-pattern.js";
import { vectorOfText } from "./text/text-rows.js";

/**
 * The values of an expression for all rows of a batch. A column comes back as it is.
 * @throws {@link Eau2Error} `INT64_OVERFLOW`, `CAST_FAILED` and `DATE_INVALID` for a row whose value cannot be, naming the
 * expression; and what `resolveType` throws.
 */
export const evaluate = (expression: Expression, batch: Batch): Vector => {
  const evaluation = evaluationOf(batch);
  const { scope, leafOf } = evaluation;
  const type = scope.typeOf(expression);
  if (expression.kind === "column") return scope.vector(expression.name);
  return explainFailures(batch, () => {
    if (type === "utf8") return vectorOfText(evaluation.text(expression));
    return isScalar(type) ? computeVector(scope, expression, leafOf) : vectorOfLists(evaluation.lists(expression));
  });
};

/**
 * The rows for which a predicate is true: neither false nor null.
 * @returns row numbers, ascending; or `all` or `none` of them.
 * @throws as {@link evaluate}.
 */
export const selectRows = (predicate: Expression, batch: Batch): Uint32Array | "all" | "none" => {
  const { scope, leafOf } = evaluationOf(batch);
  scope.typeOf(predicate);
  const rows = explainFailures(batch, () => computeRows(scope, predicate, leafOf));
  if (rows.length === batch.rowCount) return "all";
  return rows.length === 0 ? "none" : rows;
};

/**
 * Whether an expression runs a pattern that may take for ever, because V8's linear-time engine cannot take it over: whoever
 * evaluates it needs a deadline, and a thread that can be ended.
 */
export const isSlowPattern = (expression: Expression): boolean =>
  isSlowPatternCall(expression) || childrenOf(expression).some(isSlowPattern);
