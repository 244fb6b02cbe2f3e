import type { Expression } from "@eau2/dataframe";
import { call, column, integer, literal, unit } from "./build.js";
import type { ExpressionMaker } from "./random-expression.js";
import { DATE_UNITS, TIME_UNITS } from "./units.js";

const DATE_PARTS = ["year", "quarter", "month", "day", "dayOfYear", "dayOfWeek", "week"] as const;
const TIME_PARTS = ["hour", "minute", "second", "microsecond"] as const;

export const integerExpression = (maker: ExpressionMaker, depth: number): Expression => {
  const inner = () => maker.integer(depth - 1);
  switch (maker.random.below(10)) {
    case 0:
      return call(maker.random.pick(["add", "subtract"] as const), inner(), inner());
    case 1:
      return call("multiply", inner(), maker.leaf("int64"));
    case 2:
      return call(maker.random.pick(["intDivide", "remainder"] as const), inner(), inner());
    case 3:
      return call(maker.random.pick(["negate", "abs", "sign"] as const), inner());
    case 4:
      return call(maker.random.pick(["length", "byteLength"] as const), maker.characters(depth - 1));
    case 5:
      return call(maker.random.pick(DATE_PARTS), maker.moment(depth - 1));
    case 6:
      return call(maker.random.pick(TIME_PARTS), maker.of("timestamp", depth - 1));
    case 7:
      return maker.random.chance(0.5)
        ? call(
            "difference",
            unit(maker.random.pick(DATE_UNITS)),
            maker.of("date", depth - 1),
            maker.of("date", depth - 1),
          )
        : call(
            "difference",
            unit(maker.random.pick([...DATE_UNITS, ...TIME_UNITS])),
            maker.of("timestamp", depth - 1),
            maker.of("timestamp", depth - 1),
          );
    case 8: {
      const list = maker.anyList();
      return list === undefined ? maker.leaf("int64") : call("listLength", column(list.name));
    }
    default:
      return call("round", inner(), integer(-maker.random.between(0, 2)));
  }
};

export const floatExpression = (maker: ExpressionMaker, depth: number): Expression => {
  const inner = () => maker.of("float64", depth - 1);
  switch (maker.random.below(8)) {
    case 0:
    case 1:
      return call(
        maker.random.pick(["add", "subtract", "multiply", "intDivide", "remainder"] as const),
        inner(),
        maker.number(depth - 1),
      );
    case 2:
      return call("divide", maker.number(depth - 1), maker.number(depth - 1));
    case 3:
      return call(maker.random.pick(["negate", "abs", "sign"] as const), inner());
    case 4:
      return call(maker.random.pick(["floor", "ceil", "trunc", "round"] as const), inner());
    case 5:
      return call("round", inner(), integer(maker.random.between(-2, 4)));
    case 6:
      return call(maker.random.pick(["sqrt", "exp", "ln", "log2", "log10"] as const), maker.number(depth - 1));
    default:
      return call(
        "power",
        inner(),
        literal("float64", maker.random.pick([2, 0.5, -1, 3, 0, Number.NaN, Number.POSITIVE_INFINITY])),
      );
  }
};
