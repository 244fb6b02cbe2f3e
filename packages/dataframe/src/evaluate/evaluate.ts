/** Expressions over batches: the whole interface of this folder. */
import type { Expression } from "../expression/expression.js";
import type { Batch, Vector } from "../vector/vector.js";
import { computeRows, computeVector } from "./compute-numbers.js";
import { evaluationOf } from "./evaluation.js";
import { vectorOfText } from "./text/text-rows.js";

/**
 * The values of an expression for all rows of a batch. A column comes back as it is.
 * @throws {@link Eau2Error} `INT64_OVERFLOW`, `CAST_FAILED` and `DATE_INVALID` for a row whose value cannot be, naming the
 * expression; and what `resolveType` throws.
 */
export const evaluate = (expression: Expression, batch: Batch): Vector => {
  const evaluation = evaluationOf(batch);
  const { scope } = evaluation;
  const type = scope.typeOf(expression);
  if (expression.kind === "column") return scope.vector(expression.name);
  if (type === "utf8") return vectorOfText(evaluation.text(expression));
  return computeVector(scope, expression, evaluation.leafOf);
};

/**
 * The rows for which a predicate is true: neither false nor null.
 * @returns row numbers, ascending; or `all` or `none` of them.
 * @throws as {@link evaluate}.
 */
export const selectRows = (predicate: Expression, batch: Batch): Uint32Array | "all" | "none" => {
  const { scope, leafOf } = evaluationOf(batch);
  scope.typeOf(predicate);
  const rows = computeRows(scope, predicate, leafOf);
  if (rows.length === batch.rowCount) return "all";
  return rows.length === 0 ? "none" : rows;
};
