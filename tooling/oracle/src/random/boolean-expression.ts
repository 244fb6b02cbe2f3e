import type { Expression, ScalarType } from "@eau2/dataframe";
import { elementOf, isNumeric } from "../types.js";
import { call, column, text } from "./build.js";
import { PATTERNS } from "./patterns.js";
import type { ExpressionMaker } from "./random-expression.js";

const COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
const COMPARED: readonly ScalarType[] = ["int64", "float64", "utf8", "utf8", "date", "timestamp", "boolean"];

export const booleanExpression = (maker: ExpressionMaker, depth: number): Expression => {
  const inner = () => maker.of("boolean", depth - 1);
  const words = () => maker.of("utf8", depth - 1);
  switch (maker.random.below(12)) {
    case 0:
    case 1:
      return call("and", inner(), inner());
    case 2:
      return maker.random.chance(0.3) ? call("or", inner(), inner(), inner()) : call("or", inner(), inner());
    case 3:
      return call("not", inner());
    case 4:
      return call(maker.random.pick(["isNull", "isNotNull"] as const), maker.anything(depth - 1));
    case 5:
      return isIn(maker, depth);
    case 6:
      return call(maker.random.pick(["contains", "startsWith", "endsWith"] as const), words(), maker.leaf("utf8"));
    case 7:
      return call(
        "matches",
        maker.characters(depth - 1),
        text(maker.random.pick(PATTERNS)[0]),
        text(maker.random.pick(["u", "iu"])),
      );
    case 8:
      return call(maker.random.pick(["isNaN", "isFinite"] as const), maker.of("float64", depth - 1));
    case 9: {
      const list = maker.anyList();
      if (list !== undefined) return call("listContains", column(list.name), maker.of(elementOf(list.type), depth - 1));
      return comparison(maker, depth);
    }
    default:
      return comparison(maker, depth);
  }
};

const comparison = (maker: ExpressionMaker, depth: number): Expression => {
  const name = maker.random.pick(COMPARISONS);
  const type = maker.random.pick(COMPARED);
  if (isNumeric(type)) return call(name, maker.number(depth - 1), maker.number(depth - 1));
  if (type === "timestamp") return call(name, maker.moment(depth - 1), maker.moment(depth - 1));
  return call(name, maker.of(type, depth - 1), maker.of(type, depth - 1));
};

const isIn = (maker: ExpressionMaker, depth: number): Expression => {
  const type = maker.random.pick(COMPARED);
  const values = Array.from({ length: maker.random.between(1, 4) }, () => maker.literal(type));
  return { kind: "isIn", input: maker.of(type, depth - 1), values };
};
