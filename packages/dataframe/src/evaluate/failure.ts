/** A row whose value cannot be: found deep inside a loop, explained where the batch is at hand. */
import { Eau2Error } from "@eau2/protocol";
import { decodeText } from "../column/decode-text.js";
import { childrenOf } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import { summarizeExpression } from "../expression/print.js";
import type { Batch } from "../vector/vector.js";
import { Evaluation } from "./evaluation.js";
import { gather } from "./gather.js";
import { RowFailure } from "./row-failure.js";

const WHAT = {
  INT64_OVERFLOW: "is beyond the range of int64",
  CAST_FAILED: "has no value",
  DATE_INVALID: "is no day of the calendar, or beyond the range of its type",
} as const;

const WAY_OUT = {
  INT64_OVERFLOW: "cast an operand to float64, or filter such rows out first",
  CAST_FAILED: 'cast with onFailure "null", or filter such rows out first',
  DATE_INVALID: "filter such rows out first",
} as const;

const SHOWN_MAX = 200;
const shorten = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text);

/** What a part of the expression is in the row that failed. */
const describe = (part: Expression, row: Evaluation): string => {
  const { offsets, positions, bytes, states } = row.text({
    kind: "cast",
    input: part,
    type: "utf8",
    onFailure: "error",
  });
  const at = positions[0]!;
  const isText = row.scope.typeOf(part) === "utf8";
  const value = decodeText(bytes.subarray(offsets[at], offsets[at + 1]));
  const shown = states?.[0] === 1 ? "null" : isText ? JSON.stringify(shorten(value)) : value;
  return `${shorten(summarizeExpression(part))} is ${shown}`;
};

/** Runs `compute`, whose failures become errors that name the expression and the values that it failed for. */
export const explainFailures = <Result>(batch: Batch, compute: () => Result): Result => {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof RowFailure)) throw error;
    const { site, row } = error;
    const { code, expression } = site;
    const rows = Uint32Array.of(row);
    const columns = batch.columns.map(({ name, vector }) => ({ name, vector: gather(vector, rows, 1) }));
    const only = new Evaluation({ rowCount: 1, columns });
    const parts = childrenOf(expression).filter(({ kind }) => kind !== "literal");
    const where = parts.map((part) => describe(part, only)).join(" and ");
    const what = `${shorten(summarizeExpression(expression))} ${WHAT[code]}`;
    throw new Eau2Error(code, `${what}${where === "" ? "" : ` where ${where}`}; ${WAY_OUT[code]}`);
  }
};
