import type { ColumnLayout, ScalarLayout, ScalarType } from "@eau2/serialization";
import { DateBuilder, TimestampBuilder } from "./date-builders.js";
import { BooleanBuilder, FloatBuilder, Int64Builder, IntegerBuilder } from "./number-builders.js";
import { Utf8Builder } from "./utf8-builder.js";

/** Collects the rows of one column and ends in the cheapest encoding for them, with statistics. */
export interface ColumnBuilder<Value, Layout extends ColumnLayout = ScalarLayout> {
  readonly rowCount: number;
  append(value: Value): void;
  appendNull(): void;
  /** The column of all rows so far. It may use the builder's memory, so the builder is not used afterwards. */
  finish(): Layout;
}

/** Which builder makes a column of a type. */
export interface ColumnBuilders {
  boolean: BooleanBuilder;
  int8: IntegerBuilder;
  int16: IntegerBuilder;
  int32: IntegerBuilder;
  int64: Int64Builder;
  float32: FloatBuilder;
  float64: FloatBuilder;
  utf8: Utf8Builder;
  date: DateBuilder;
  timestamp: TimestampBuilder;
}

const FACTORIES: { readonly [Type in ScalarType]: () => ColumnBuilders[Type] } = {
  boolean: () => new BooleanBuilder(),
  int8: () => new IntegerBuilder("int8"),
  int16: () => new IntegerBuilder("int16"),
  int32: () => new IntegerBuilder("int32"),
  int64: () => new Int64Builder("int64"),
  float32: () => new FloatBuilder("float32"),
  float64: () => new FloatBuilder("float64"),
  utf8: () => new Utf8Builder(),
  date: () => new DateBuilder(),
  timestamp: () => new TimestampBuilder(),
};

/** An empty builder of a column of `type`. @example columnBuilder("float64").append(1.5) */
export const columnBuilder = <Type extends ScalarType>(type: Type): ColumnBuilders[Type] => FACTORIES[type]();
