import type { Aggregate, AggregateName, PlanColumn, ValueType } from "@eau2/dataframe";
import { bind } from "../bind.js";
import { exactOf, type Row, type Value } from "../values.js";
import type { AggregateOfGroup } from "./aggregate-table.js";
import { COUNTS } from "./counts.js";
import { EXTREMES } from "./extremes.js";
import { MOMENTS } from "./moments.js";
import { ORIGIN_ORDER } from "./origin-order.js";
import { QUANTILE } from "./quantile.js";
import { SUMS } from "./sums.js";

export const AGGREGATES: Record<AggregateName, AggregateOfGroup> = {
  ...COUNTS,
  ...SUMS,
  ...EXTREMES,
  ...ORIGIN_ORDER,
  ...MOMENTS,
  ...QUANTILE,
};

export interface BoundAggregate {
  readonly type: ValueType;
  readonly of: (group: readonly Row[]) => Value;
}

export const bindAggregate = ({ name, args, parameter }: Aggregate, columns: readonly PlanColumn[]): BoundAggregate => {
  const bound = args.map((arg) => bind(arg, columns));
  const types = bound.map(({ type }) => type);
  const aggregate = AGGREGATES[name];
  return {
    type: aggregate.type(types),
    of: (group) =>
      aggregate.of(
        group.map((row) => bound.map((arg) => exactOf(arg.of(row)))),
        types,
        parameter ?? 0,
      ),
  };
};
