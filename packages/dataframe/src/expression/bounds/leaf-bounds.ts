/** What statistics say of a column, and what a constant is. */
import type { Literal } from "../expression.js";
import { literalValue } from "../literal-value.js";
import type { TypedColumn } from "../resolve-type.js";
import { booleans, boundsOfType, floats, integers, type ValueBounds } from "./value-bounds.js";

/** A bound as statistics of chunks hold it. */
export type StatisticsValue = bigint | number | boolean | Uint8Array;

/** What is known about a column of a chunk, or of another batch of rows. */
export interface ColumnStatistics extends TypedColumn {
  readonly rowCount: number;
  /** Undefined: not known. */
  readonly nullCount: number | undefined;
  /** As in `Statistics` of serialization: of text bounds, NaN is the greatest float. Undefined: not known. */
  readonly min: StatisticsValue | undefined;
  readonly max: StatisticsValue | undefined;
}

export const valuesOfColumn = ({ type, min, max, rowCount, nullCount }: ColumnStatistics): ValueBounds | undefined => {
  if (rowCount === nullCount) return undefined;
  if (typeof min === "bigint" && typeof max === "bigint") return integers(min, max);
  if (typeof min === "boolean" && typeof max === "boolean") return booleans(max, !min);
  if (typeof min === "number" && typeof max === "number") {
    if (Number.isNaN(min)) return floats(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true);
    // NaN hides the greatest number.
    return Number.isNaN(max) ? floats(min, Number.POSITIVE_INFINITY, true) : floats(min, max, false);
  }
  if (type !== "utf8") return boundsOfType(type);
  return {
    kind: "texts",
    min: min instanceof Uint8Array ? min : undefined,
    max: max instanceof Uint8Array ? max : undefined,
  };
};

const utf8 = new TextEncoder();

export const valuesOfLiteral = (literal: Literal): ValueBounds | undefined => {
  const value = literalValue(literal);
  switch (typeof value) {
    case "bigint":
      return integers(value, value);
    case "boolean":
      return booleans(value, !value);
    case "string": {
      const bytes = utf8.encode(value);
      return { kind: "texts", min: bytes, max: bytes };
    }
    case "number":
      return Number.isNaN(value)
        ? floats(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true)
        : floats(value, value, false);
    default:
      return undefined;
  }
};
