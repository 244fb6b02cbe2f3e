import type { Expression } from "@eau2/dataframe";
import { call, integer, unit } from "./build.js";
import type { ExpressionMaker } from "./random-expression.js";
import { DATE_UNITS, TIME_UNITS } from "./units.js";

export const timeExpression = (maker: ExpressionMaker, type: "date" | "timestamp", depth: number): Expression => {
  const units = type === "date" ? DATE_UNITS : [...DATE_UNITS, ...TIME_UNITS];
  const inner = () => maker.of(type, depth - 1);
  switch (maker.random.below(type === "date" ? 4 : 3)) {
    case 0:
      return call("truncate", inner(), unit(maker.random.pick(units)));
    case 1:
      return call("plus", inner(), integer(maker.random.between(-30, 30)), unit(maker.random.pick(units)));
    case 2:
      return maker.cast(type, depth);
    default:
      return call(
        "makeDate",
        integer(maker.random.between(1890, 2100)),
        integer(maker.random.between(1, 12)),
        integer(maker.random.between(1, 28)),
      );
  }
};
