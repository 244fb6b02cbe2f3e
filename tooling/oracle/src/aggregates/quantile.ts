import { compareValues } from "../values.js";
import { type AggregateOfGroup, valuesOf } from "./aggregate-table.js";

const quantile: AggregateOfGroup = {
  type: () => "float64",
  of: (rows, _, fraction) => {
    const values = valuesOf(rows).map(Number).sort(compareValues);
    if (values.length === 0) return null;
    const position = fraction * (values.length - 1);
    const below = values[Math.floor(position)]!;
    const above = values[Math.ceil(position)]!;
    // Of two zeros either may come out.
    if (compareValues(below, above) === 0) return { approximate: below, within: 0 };
    const share = position - Math.floor(position);
    return {
      approximate: below * (1 - share) + above * share,
      // Shares of subnormals round to nothing or to twice as much.
      within: 1e-15 * (Math.abs(below) + Math.abs(above)) + 1e-300,
    };
  },
};

export const QUANTILE = { quantile };
