/** What rows are sorted by, as programs write it: `sort(desc("delay"), "carrier")`. */
import type { SortKey } from "../plan/plan.js";
import { columnNode } from "./aggregates.js";
import type { Asked, ColumnOr, Scalar } from "./asked-columns.js";

export interface Ordering<Asks = unknown> {
  readonly key: SortKey;
  /** Never there; it carries what is asked of the rows. */
  readonly asks?: Asks | undefined;
}

export interface OrderingOptions {
  /** @defaultValue false: nulls come last in both directions */
  readonly nullsFirst?: boolean | undefined;
}

/** From the least to the greatest. */
export const asc = <const Given extends ColumnOr<Scalar>>(
  column: Given,
  options: OrderingOptions = {},
): Ordering<Asked<Given, Scalar>> => orderingOf(column, false, options);

/** From the greatest to the least. */
export const desc = <const Given extends ColumnOr<Scalar>>(
  column: Given,
  options: OrderingOptions = {},
): Ordering<Asked<Given, Scalar>> => orderingOf(column, true, options);

const orderingOf = (
  column: ColumnOr<Scalar>,
  descending: boolean,
  { nullsFirst = false }: OrderingOptions,
): { readonly key: SortKey } =>
  Object.freeze({ key: Object.freeze({ expression: columnNode(column), descending, nullsFirst }) });

/** A name or an expression is in ascending order. */
export const sortKeyOf = (by: Ordering | ColumnOr<unknown>): SortKey =>
  typeof by === "object" && by !== null && "key" in by ? by.key : asc(by as ColumnOr<Scalar>).key;
