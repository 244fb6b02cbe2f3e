/** What the families of aggregates are made of: the arguments of all rows of a group, in order, to a value. */
import type { ValueType } from "@eau2/dataframe";
import type { Exact, Value } from "../values.js";

export type Tuple = readonly Exact[];

export interface AggregateOfGroup {
  readonly type: (args: readonly ValueType[]) => ValueType;
  /** @param rows - all of the group, with nulls. */
  readonly of: (rows: readonly Tuple[], args: readonly ValueType[], parameter: number) => Value;
}

export const sameType = ([input]: readonly ValueType[]): ValueType => input!;

/** First arguments, without nulls. */
export const valuesOf = (rows: readonly Tuple[]): NonNullable<Exact>[] =>
  rows.map(([value]) => value!).filter((value) => value !== null);
