/** The error of a row that has no value. */
import { Eau2Error } from "@eau2/protocol";
import { describeExpression } from "../expression/describe-expression.js";
import type { FailureSite } from "./loop.js";

const WAYS_OUT = {
  INT64_OVERFLOW: "is beyond the range of int64; cast an operand to float64, or filter such rows out first",
  CAST_FAILED: 'cannot be made of a value; cast with onFailure "null", or filter such rows out first',
  DATE_INVALID: "is beyond the range of its type; filter such rows out first",
} as const;

export const failureError = ({ code, expression }: FailureSite, row: number): Eau2Error =>
  new Eau2Error(code, `${describeExpression(expression)} ${WAYS_OUT[code]}`, { row });
