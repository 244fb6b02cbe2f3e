/** The types of aggregates, and the check that they have one. */

import { describeExpression, ordinal } from "../expression/describe-expression.js";
import type { ValueType } from "../expression/expression.js";
import { Position } from "../expression/position.js";
import { resolveType, type TypedColumn } from "../expression/resolve-type.js";
import { anything, number, type Parameter, scalar } from "../expression/signatures/signature.js";
import { isInteger, isScalar, listOf } from "../expression/value-types.js";
import type { Aggregate, AggregateName } from "./aggregate.js";

/** Rows of `top` and `bottom` that a group may keep. */
const TOP_COUNT_MAX = 10_000;

interface AggregateSignature {
  readonly parameters: readonly Parameter[];
  /** Whether the arguments may be left out. */
  readonly isOptional?: boolean;
  /** What is wrong with the parameter, or undefined; there for aggregates that have one. */
  readonly problem?: (parameter: number | undefined) => string | undefined;
  /** @param type - of the first argument. */
  readonly result: ValueType | ((type: ValueType) => ValueType);
}

const itself = (type: ValueType): ValueType => type;
const ofNumbers = (count: number): AggregateSignature => ({
  parameters: Array.from({ length: count }, () => number),
  result: "float64",
});
const ofValue: AggregateSignature = { parameters: [scalar], result: itself };

const ranked: AggregateSignature = {
  parameters: [scalar],
  problem: (count) =>
    Number.isInteger(count) && count! >= 1 && count! <= TOP_COUNT_MAX
      ? undefined
      : `keeps 1 to ${TOP_COUNT_MAX.toLocaleString("en")} values, not ${count}`,
  result: (type) => (isScalar(type) ? listOf(type) : type),
};
const by: AggregateSignature = { parameters: [anything, scalar], result: itself };

const SIGNATURES: Readonly<Record<AggregateName, AggregateSignature>> = {
  count: { parameters: [anything], isOptional: true, result: "int64" },
  countDistinct: { parameters: [scalar], result: "int64" },
  sum: { parameters: [number], result: (type) => (isInteger(type) ? "int64" : "float64") },
  mean: ofNumbers(1),
  min: ofValue,
  max: ofValue,
  first: { parameters: [anything], result: itself },
  last: { parameters: [anything], result: itself },
  variance: ofNumbers(1),
  stddev: ofNumbers(1),
  quantile: {
    ...ofNumbers(1),
    problem: (share) => (share !== undefined && share >= 0 && share <= 1 ? undefined : `takes 0 to 1, not ${share}`),
  },
  corr: ofNumbers(2),
  covariance: ofNumbers(2),
  slope: ofNumbers(2),
  top: ranked,
  bottom: ranked,
  minBy: by,
  maxBy: by,
  mode: ofValue,
};

/**
 * @param place - as of {@link resolveType}: `agg "delay"`.
 * @throws {@link Eau2Error} `COLUMN_UNKNOWN`, `TYPE_MISMATCH`, and `USAGE` for a wrong number of arguments or parameter.
 */
export const aggregateType = (
  { name, args, parameter }: Aggregate,
  columns: readonly TypedColumn[],
  place?: string,
): ValueType => {
  const position = Position.top(place);
  const { parameters, isOptional = false, problem, result } = SIGNATURES[name];
  if (args.length !== parameters.length && !(isOptional && args.length === 0)) {
    throw position.error("USAGE", `${name} takes ${parameters.length} arguments, and has ${args.length}`);
  }
  const wrong =
    problem === undefined ? (parameter === undefined ? undefined : "takes no parameter") : problem(parameter);
  if (wrong !== undefined) throw position.error("USAGE", `${name} ${wrong}`);
  const types = args.map((arg, index) => {
    const inner = position.in(`${ordinal(index)} argument of ${name}`);
    const type = resolveType(arg, columns, inner);
    const { accepts, words } = parameters[index]!;
    if (accepts(type)) return type;
    const what = `the ${ordinal(index)} argument of ${name} must be ${words}; it is ${type}: ${describeExpression(arg)}`;
    throw position.error("TYPE_MISMATCH", what);
  });
  return typeof result === "function" ? result(types[0]!) : result;
};
