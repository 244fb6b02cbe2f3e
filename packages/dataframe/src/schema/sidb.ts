/** The original's way to write a schema: one letter a column. */
import type { ColumnType } from "@eau2/serialization";

export const SIDB_TYPES: ReadonlyMap<string, ColumnType> = new Map([
  ["S", "utf8"],
  ["I", "int64"],
  ["D", "float64"],
  ["B", "boolean"],
]);

export const sidbOf = (type: ColumnType): string => {
  switch (type) {
    case "utf8":
      return "S";
    case "float64":
      return "D";
    case "boolean":
      return "B";
    default:
      return "I";
  }
};
