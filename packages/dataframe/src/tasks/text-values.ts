/** Text columns as kernels want them, whatever their encoding. */
import { isBitSet, type Utf8Layout } from "@eau2/serialization";

/** Adds the rows of each code to `counts`, which has room for their number; nulls are left out. */
export const addCodes = (column: Utf8Layout, counts: Uint32Array | Float64Array): void => {
  const { rowCount, validity } = column;
  switch (column.encoding) {
    case "null":
      return;
    case "constantCode":
      counts[column.code]! += rowCount - column.nullCount;
      return;
    case "codes8":
    case "codes16":
    case "codes32": {
      const codes = column.values;
      if (validity === undefined) for (let row = 0; row < rowCount; row++) counts[codes[row]!]!++;
      else for (let row = 0; row < rowCount; row++) if (isBitSet(validity, row)) counts[codes[row]!]!++;
      return;
    }
    default:
      throw new Error(`invariant: a column with a dictionary is not ${column.encoding}`);
  }
};

/** The strings of a column without dictionary: row r is from `offsets[r]` to `offsets[r + 1]`; a constant is one string. */
export const plainStrings = (column: Utf8Layout): { offsets: Uint32Array; values: Uint8Array; count: number } => {
  switch (column.encoding) {
    case "null":
      return { offsets: new Uint32Array(1), values: new Uint8Array(0), count: 0 };
    case "constant":
      return { offsets: Uint32Array.of(0, column.values.length), values: column.values, count: 1 };
    case "plain":
      return { offsets: column.offsets, values: column.values, count: column.rowCount };
    default:
      throw new Error(`invariant: a column without dictionary is not ${column.encoding}`);
  }
};
