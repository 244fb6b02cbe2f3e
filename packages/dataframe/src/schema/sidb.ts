/** The original's way to write a schema: one letter a column. */
import type { ColumnType, ScalarType } from "@eau2/serialization";

export const SIDB_TYPES: ReadonlyMap<string, ScalarType> = new Map([
  ["S", "utf8"],
  ["I", "int64"],
  ["D", "float64"],
  ["B", "boolean"],
]);

/** Undefined for a type that the original does not have. */
export const sidbOf = (type: ColumnType): string | undefined => {
  switch (type) {
    case "utf8":
      return "S";
    case "float32":
    case "float64":
      return "D";
    case "boolean":
      return "B";
    case "int8":
    case "int16":
    case "int32":
    case "int64":
      return "I";
    default:
      return undefined;
  }
};
