import type { Expression } from "@eau2/dataframe";
import { call, column, integer, text } from "./build.js";
import { PATTERNS } from "./patterns.js";
import type { ExpressionMaker } from "./random-expression.js";

export const textExpression = (maker: ExpressionMaker, depth: number): Expression => {
  const inner = () => maker.of("utf8", depth - 1);
  const characters = () => maker.characters(depth - 1);
  switch (maker.random.below(8)) {
    case 0:
      return call(maker.random.pick(["lower", "upper"] as const), characters());
    case 1:
      return call(maker.random.pick(["trim", "trimStart", "trimEnd"] as const), inner());
    case 2: {
      const end = maker.random.chance(0.6) ? [integer(maker.random.between(-4, 6))] : [];
      return call("slice", characters(), integer(maker.random.between(-4, 4)), ...end);
    }
    case 3:
      return call("replace", inner(), text(maker.random.pick(["a", "b", " ", "é", "__"])), maker.leaf("utf8"));
    case 4: {
      const [pattern, groups] = maker.random.pick(PATTERNS);
      const flags = text(maker.random.pick(["u", "iu"]));
      return maker.random.chance(0.5)
        ? call("extract", characters(), text(pattern), flags, integer(maker.random.between(0, groups)))
        : call("replaceMatches", characters(), text(pattern), flags, text(groups > 0 ? "<$1>" : "-"));
    }
    case 5:
      return call("concat", inner(), inner());
    case 6:
      return call(
        maker.random.pick(["padStart", "padEnd"] as const),
        characters(),
        integer(maker.random.between(0, 8)),
        text(maker.random.pick([".", "ab", "é"])),
      );
    default: {
      const list = maker.anyList();
      if (list?.type !== "list<utf8>") return maker.cast("utf8", depth);
      return call("listGet", column(list.name), integer(maker.random.between(0, 3)));
    }
  }
};
