/**
 * The cells of one column of one chunk, as the row on loan reads them. One class a kind of storage, each with fields of one
 * type: so a visitor's loop over rows compiles to loads from typed arrays, without a call or a boxed number per row.
 */
import { bitmapByteLength, isBitSet } from "@eau2/serialization";
import type { Column } from "../column/column.js";
import { type CellValue, type ReadRow, type ScalarValue, valueReader } from "../column/column-readers.js";
import { isExact } from "../schema/data-types.js";
import type { SchemaColumn } from "../schema/schema.js";

/** A cell as a program sees it. */
export type ScalarCell = ScalarValue | null;
export type Cell = ScalarCell | readonly ScalarCell[];

export class FloatCells {
  constructor(
    private readonly values: Float32Array | Float64Array,
    /** -1, or 0 where one value stands for all rows. */
    private readonly rowMask: number,
    private readonly validity: Uint8Array | undefined,
  ) {}

  get(row: number): number | null {
    if (this.validity !== undefined && !isBitSet(this.validity, row)) return null;
    return this.values[row & this.rowMask]!;
  }
}

/** Integers of at most 32 stored bits, with an offset that keeps sums exact. */
export class IntegerCells {
  constructor(
    private readonly values: Int8Array | Int16Array | Int32Array,
    private readonly rowMask: number,
    private readonly offset: number,
    private readonly validity: Uint8Array | undefined,
  ) {}

  get(row: number): number | null {
    if (this.validity !== undefined && !isBitSet(this.validity, row)) return null;
    return this.values[row & this.rowMask]! + this.offset;
  }
}

/** All else: text, booleans, wide integers, bigints, dates, lists. */
export class OtherCells {
  constructor(
    private readonly read: ReadRow<CellValue | null>,
    private readonly validity: Uint8Array | undefined,
  ) {}

  get(row: number): Cell {
    if (this.validity !== undefined && !isBitSet(this.validity, row)) return null;
    return this.read(row);
  }
}

export type Cells = FloatCells | IntegerCells | OtherCells;

/** Which class the cells of a column have, in every chunk. */
export type CellKind = "float" | "integer" | "other";

export const cellKind = ({ type }: SchemaColumn): CellKind => {
  switch (type.type) {
    case "float32":
    case "float64":
      return "float";
    case "int8":
    case "int16":
    case "int32":
      return "integer";
    default:
      return "other";
  }
};

/** No row has a value. */
const noValidity = (rowCount: number): Uint8Array => new Uint8Array(bitmapByteLength(rowCount));

/** @param column - of one chunk, of the type that the schema says. */
export const cellsOf = (column: Column, { type }: SchemaColumn): Cells => {
  const { layout } = column;
  const { rowCount, validity } = layout;
  if (layout.type === "float32" || layout.type === "float64") {
    if (layout.encoding === "null") return new FloatCells(new Float64Array(1), 0, noValidity(rowCount));
    return new FloatCells(layout.values, layout.encoding === "constant" ? 0 : -1, validity);
  }
  if (layout.type === "int8" || layout.type === "int16" || layout.type === "int32") {
    switch (layout.encoding) {
      case "null":
        return new IntegerCells(new Int32Array(1), 0, 0, noValidity(rowCount));
      case "constant":
        return new IntegerCells(new Int32Array(1), 0, Number(layout.value), validity);
      case "int64":
        throw new Error(`invariant: ${layout.type} is never stored as int64`);
      default:
        return new IntegerCells(layout.values, -1, Number(layout.offset), validity);
    }
  }
  if (layout.encoding === "null") return new OtherCells(() => null, undefined);
  if (!isExact(type)) return new OtherCells(column.valueReader, validity);
  return new OtherCells(valueReader(layout, column.name, column.dictionary, true), validity);
};
