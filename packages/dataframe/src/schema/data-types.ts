/** The types of columns as programs write them: values for `schema({...})`, and types that row types are made of. */
import type { ColumnType } from "@eau2/serialization";

/** How values of an int64 column reach the program. */
export type Int64As = "number" | "bigint";

/** A column's type, and what its values are in TypeScript. Every column may hold nulls. */
export interface DataType<Value = unknown, Type extends ColumnType = ColumnType> {
  readonly type: Type;
  /** int64 only. @defaultValue "number" */
  readonly as?: Int64As;
  /** Never there; it carries the type of the values. */
  readonly value?: Value;
}

const dataType = <Value, Type extends ColumnType>(type: Type): DataType<Value, Type> => Object.freeze({ type });

export const boolean = dataType<boolean, "boolean">("boolean");
export const int8 = dataType<number, "int8">("int8");
export const int16 = dataType<number, "int16">("int16");
export const int32 = dataType<number, "int32">("int32");
export const float64 = dataType<number, "float64">("float64");
export const utf8 = dataType<string, "utf8">("utf8");

interface Int64 extends DataType<number, "int64"> {
  /** `"bigint"`: exact bigints instead of numbers, which end with `INT64_UNSAFE` beyond 2^53. */
  <As extends Int64As>(options: { readonly as: As }): DataType<As extends "bigint" ? bigint : number, "int64">;
}

/** As it is, or called: `int64({ as: "bigint" })`. */
export const int64: Int64 = Object.freeze(
  Object.assign(
    <As extends Int64As>({ as }: { readonly as: As }) =>
      Object.freeze({ type: "int64", as }) as DataType<As extends "bigint" ? bigint : number, "int64">,
    { type: "int64" } as const,
  ),
);

/** The type of a column's values without its nulls. */
export type ValueOfType<Type> = Type extends DataType<infer Value> ? Value : never;

/** Without a declared schema: what a column's type gives. */
export const DATA_TYPES: { readonly [Type in ColumnType]: DataType<unknown, Type> } = {
  boolean,
  int8,
  int16,
  int32,
  int64: dataType("int64"),
  float64,
  utf8,
};
