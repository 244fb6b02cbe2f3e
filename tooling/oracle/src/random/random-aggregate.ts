import type { Aggregate, AggregateName, Expression, ValueType } from "@eau2/dataframe";
import { isNumeric, listOf } from "../types.js";
import { column } from "./build.js";
import { type ExpressionMaker, isSortable, type ScopeColumn } from "./random-expression.js";
import { OF_ORDER } from "./row-order.js";

export interface MadeAggregate {
  readonly aggregate: Aggregate;
  readonly type: ValueType;
  readonly isExact: boolean;
}

const OF_NUMBERS: readonly AggregateName[] = ["sum", "mean", "variance", "stddev", "quantile", "quantile"];
const OF_PAIRS: readonly AggregateName[] = ["corr", "covariance", "slope"];
const OF_ANYTHING: readonly AggregateName[] = ["count", "countDistinct", "min", "max", "top", "bottom"];

/** @param isOrdered - whether the rows have one order in every engine. */
export const randomAggregate = (maker: ExpressionMaker, isOrdered: boolean): MadeAggregate => {
  const { random } = maker;
  if (random.chance(0.12)) return { aggregate: { name: "count", args: [] }, type: "int64", isExact: true };
  const anything = isOrdered ? [...OF_ANYTHING, ...OF_ORDER] : OF_ANYTHING;
  const name = random.pick(random.chance(0.45) ? anything : random.chance(0.25) ? OF_PAIRS : OF_NUMBERS);
  const isOfNumbers = OF_NUMBERS.includes(name) || OF_PAIRS.includes(name);
  const input = argument(maker, isOfNumbers);
  const args = [input.expression];
  if (OF_PAIRS.includes(name)) args.push(argument(maker, true).expression);
  if (name === "minBy" || name === "maxBy") args.push(argument(maker, false).expression);
  if (name === "quantile") {
    const parameter = random.pick([0, 0.5, 0.25, 0.9, 1, 0.123]);
    return { aggregate: { name, args, parameter }, type: "float64", isExact: false };
  }
  if (name === "top" || name === "bottom") {
    const parameter = random.pick([1, 2, 2, 5]);
    return { aggregate: { name, args, parameter }, type: listOf(input.type), isExact: true };
  }
  return { aggregate: { name, args }, ...resultOf(name, input.type) };
};

const resultOf = (name: AggregateName, input: ValueType): { type: ValueType; isExact: boolean } => {
  if (name === "count" || name === "countDistinct") return { type: "int64", isExact: true };
  if (name === "sum" && !input.startsWith("float")) return { type: "int64", isExact: true };
  const isOfNumbers = OF_NUMBERS.includes(name) || OF_PAIRS.includes(name);
  return isOfNumbers ? { type: "float64", isExact: false } : { type: input, isExact: true };
};

/** Mostly a column by itself. */
const argument = (maker: ExpressionMaker, ofNumbers: boolean): { expression: Expression; type: ValueType } => {
  const { random, scope } = maker;
  const columns = scope.filter(
    (candidate: ScopeColumn) => isSortable(candidate) && (!ofNumbers || isNumeric(candidate.type)),
  );
  if (columns.length > 0 && random.chance(0.7)) {
    const { name, type } = random.pick(columns);
    return { expression: column(name), type };
  }
  const type = ofNumbers ? random.pick(["int64", "float64"] as const) : maker.keyType();
  return { expression: maker.of(type, 2), type };
};
