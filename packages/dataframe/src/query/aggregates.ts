/** What a group of rows computes, as programs write it: `agg({ flights: count(), delay: mean("delay") })`. */
import type { Expression } from "../expression/expression.js";
import { type Term, termNode } from "../expression/term.js";
import type { Aggregate, AggregateName } from "../plan/aggregate.js";
import type { Asked, ColumnOr, Scalar } from "./asked-columns.js";

/** A result that has the type of the column that was named; `List`: a list of such values. */
export interface OfColumn<Name extends string, Value, List extends boolean = false> {
  readonly column: Name;
  readonly asked: Value;
  readonly isList: List;
}

/** An aggregate over rows of which it asks columns. */
export interface AggregateTerm<Result = unknown, Asks = unknown> {
  readonly aggregate: Aggregate;
  /** Never there; they carry the type of the result, and what is asked of the rows. */
  readonly result?: Result | undefined;
  readonly asks?: Asks | undefined;
}

type Numeric = number | bigint;

/** The type of the argument itself. */
type Itself<Given, Value> = Given extends string
  ? OfColumn<Given, Value>
  : Given extends Term<infer Known>
    ? Known | null
    : never;

type ListOfItself<Given, Value> = Given extends string
  ? OfColumn<Given, Value, true>
  : Given extends Term<infer Known>
    ? readonly Known[] | null
    : never;

/** How many rows there are; of a column: how many values, without nulls. */
export const count = <const Given extends ColumnOr<unknown>>(
  column?: Given,
): AggregateTerm<number, Asked<Given, unknown>> => aggregateOf("count", column === undefined ? [] : [column]);

/** How many different values there are, without nulls. */
export const countDistinct = <const Given extends ColumnOr<Scalar>>(
  column: Given,
): AggregateTerm<number, Asked<Given, Scalar>> => aggregateOf("countDistinct", [column]);

/** Integers: exact, `INT64_OVERFLOW` beyond int64. Floats: the same bits in whatever order. Null without values. */
export const sum = <const Given extends ColumnOr<Numeric>>(
  column: Given,
): AggregateTerm<Itself<Given, Numeric>, Asked<Given, Numeric>> => aggregateOf("sum", [column]);

export const mean = <const Given extends ColumnOr<Numeric>>(
  column: Given,
): AggregateTerm<number | null, Asked<Given, Numeric>> => aggregateOf("mean", [column]);

/** NaN is greater than every number. */
export const min = <const Given extends ColumnOr<Scalar>>(
  column: Given,
): AggregateTerm<Itself<Given, Scalar>, Asked<Given, Scalar>> => aggregateOf("min", [column]);

export const max = <const Given extends ColumnOr<Scalar>>(
  column: Given,
): AggregateTerm<Itself<Given, Scalar>, Asked<Given, Scalar>> => aggregateOf("max", [column]);

/** The first value in the order of the rows, nulls skipped. */
export const first = <const Given extends ColumnOr<unknown>>(
  column: Given,
): AggregateTerm<Itself<Given, unknown>, Asked<Given, unknown>> => aggregateOf("first", [column]);

export const last = <const Given extends ColumnOr<unknown>>(
  column: Given,
): AggregateTerm<Itself<Given, unknown>, Asked<Given, unknown>> => aggregateOf("last", [column]);

/** Of a sample (n - 1); null for fewer than two values. */
export const variance = <const Given extends ColumnOr<Numeric>>(
  column: Given,
): AggregateTerm<number | null, Asked<Given, Numeric>> => aggregateOf("variance", [column]);

/** Of a sample (n - 1); null for fewer than two values. */
export const stddev = <const Given extends ColumnOr<Numeric>>(
  column: Given,
): AggregateTerm<number | null, Asked<Given, Numeric>> => aggregateOf("stddev", [column]);

export const median = <const Given extends ColumnOr<Numeric>>(
  column: Given,
): AggregateTerm<number | null, Asked<Given, Numeric>> => aggregateOf("quantile", [column], 0.5);

/** @param share - from 0, the least value, to 1, the greatest; in between, linear between the two nearest. */
export const quantile = <const Given extends ColumnOr<Numeric>>(
  column: Given,
  share: number,
): AggregateTerm<number | null, Asked<Given, Numeric>> => aggregateOf("quantile", [column], share);

/** Pearson's correlation, over rows where both have values. */
export const corr = <const Y extends ColumnOr<Numeric>, const X extends ColumnOr<Numeric>>(
  y: Y,
  x: X,
): AggregateTerm<number | null, Asked<Y, Numeric> & Asked<X, Numeric>> => aggregateOf("corr", [y, x]);

/** Of a sample (n - 1). */
export const covariance = <const Y extends ColumnOr<Numeric>, const X extends ColumnOr<Numeric>>(
  y: Y,
  x: X,
): AggregateTerm<number | null, Asked<Y, Numeric> & Asked<X, Numeric>> => aggregateOf("covariance", [y, x]);

/** Of the least-squares line of `y` over `x`. */
export const slope = <const Y extends ColumnOr<Numeric>, const X extends ColumnOr<Numeric>>(
  y: Y,
  x: X,
): AggregateTerm<number | null, Asked<Y, Numeric> & Asked<X, Numeric>> => aggregateOf("slope", [y, x]);

/** A list of the `n` greatest values, greatest first. @param n - 1 to 10,000 */
export const top = <const Given extends ColumnOr<Scalar>>(
  column: Given,
  n: number,
): AggregateTerm<ListOfItself<Given, Scalar>, Asked<Given, Scalar>> => aggregateOf("top", [column], n);

/** A list of the `n` least values, least first. @param n - 1 to 10,000 */
export const bottom = <const Given extends ColumnOr<Scalar>>(
  column: Given,
  n: number,
): AggregateTerm<ListOfItself<Given, Scalar>, Asked<Given, Scalar>> => aggregateOf("bottom", [column], n);

/** `column` in the first row with the least `by`. */
export const minBy = <const Given extends ColumnOr<unknown>, const By extends ColumnOr<Scalar>>(
  column: Given,
  by: By,
): AggregateTerm<Itself<Given, unknown>, Asked<Given, unknown> & Asked<By, Scalar>> =>
  aggregateOf("minBy", [column, by]);

/** `column` in the first row with the greatest `by`. */
export const maxBy = <const Given extends ColumnOr<unknown>, const By extends ColumnOr<Scalar>>(
  column: Given,
  by: By,
): AggregateTerm<Itself<Given, unknown>, Asked<Given, unknown> & Asked<By, Scalar>> =>
  aggregateOf("maxBy", [column, by]);

/** The most frequent value; of several the one that comes first. */
export const mode = <const Given extends ColumnOr<Scalar>>(
  column: Given,
): AggregateTerm<Itself<Given, Scalar>, Asked<Given, Scalar>> => aggregateOf("mode", [column]);

/** A column is named by text, everything else is an expression. */
export const columnNode = (column: ColumnOr<unknown>): Expression =>
  typeof column === "string" ? Object.freeze({ kind: "column", name: column }) : termNode(column, "column");

const aggregateOf = (
  name: AggregateName,
  columns: readonly ColumnOr<unknown>[],
  parameter?: number,
): { readonly aggregate: Aggregate } =>
  Object.freeze({
    aggregate: Object.freeze({
      name,
      args: Object.freeze(columns.map(columnNode)) as Aggregate["args"],
      ...(parameter === undefined ? {} : { parameter }),
    }),
  });
