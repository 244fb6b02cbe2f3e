/** The types of columns as programs write them: values for `schema({...})`, and types that row types are made of. */
import { type ColumnType, SCALAR_TYPES, type ScalarType } from "@eau2/serialization";

/** How values of an int64 column reach the program. */
export type Int64As = "number" | "bigint";
/** How values of a date or timestamp column reach the program: "bigint" is days, or microseconds, since 1970-01-01 UTC. */
export type DateAs = "date" | "bigint";

/** A column's type, and what its values are in TypeScript. Every column may hold nulls. */
export interface DataType<Value = unknown, Type extends ColumnType = ColumnType> {
  readonly type: Type;
  /** int64, date and timestamp only. @defaultValue "number", or "date" */
  readonly as?: Int64As | DateAs;
  /** list only: the type of its items. */
  readonly items?: ScalarDataType;
  /** Never there; it carries the type of the values. */
  readonly value?: Value;
}

/** The type of single values. */
export type ScalarDataType<Value = unknown> = DataType<Value, ScalarType>;

/** A type as a frame's record has it, and as messages name it. */
export type TypeName = ScalarType | `list<${ScalarType}>`;

const dataType = <Value, Type extends ColumnType>(type: Type): DataType<Value, Type> => Object.freeze({ type });

export const boolean = dataType<boolean, "boolean">("boolean");
export const int8 = dataType<number, "int8">("int8");
export const int16 = dataType<number, "int16">("int16");
export const int32 = dataType<number, "int32">("int32");
export const float32 = dataType<number, "float32">("float32");
export const float64 = dataType<number, "float64">("float64");
export const utf8 = dataType<string, "utf8">("utf8");

/** A type that can be used as it is, or called to say how its values reach the program. */
interface ChoosableType<Value, Type extends ColumnType, As extends Int64As | DateAs> extends DataType<Value, Type> {
  /** `"bigint"`: the exact integers inside, of which some have no {@link Value} (`INT64_UNSAFE`, `TIMESTAMP_UNSAFE`). */
  <Chosen extends As>(options: { readonly as: Chosen }): DataType<Chosen extends "bigint" ? bigint : Value, Type>;
}

const choosable = <Value, Type extends ColumnType, As extends Int64As | DateAs>(
  type: Type,
): ChoosableType<Value, Type, As> =>
  Object.freeze(
    Object.assign(({ as }: { readonly as: As }) => Object.freeze({ type, as }), { type } as const),
  ) as ChoosableType<Value, Type, As>;

/** As it is, or called: `int64({ as: "bigint" })`. */
export const int64 = choosable<number, "int64", Int64As>("int64");
/** Days; midnight, UTC, to the program. */
export const date = choosable<Date, "date", DateAs>("date");
/** Microseconds, UTC; the program gets dates, which have milliseconds: `timestamp({ as: "bigint" })` where that is too few. */
export const timestamp = choosable<Date, "timestamp", DateAs>("timestamp");

/** Arrays of values of one type, which may hold nulls. @example schema({ tags: list(utf8) }) */
export const list = <Items extends ScalarDataType>(
  items: Items,
): DataType<readonly (ValueOfType<Items> | null)[], "list"> => Object.freeze({ type: "list", items });

/** The type of a column's values without its nulls. */
export type ValueOfType<Type> = Type extends DataType<infer Value> ? Value : never;

const SCALARS: { readonly [Type in ScalarType]: DataType<unknown, Type> } = {
  boolean,
  int8,
  int16,
  int32,
  int64: dataType("int64"),
  float32,
  float64,
  utf8,
  date: dataType("date"),
  timestamp: dataType("timestamp"),
};

/** The types by name: what a column gives where no schema was declared. */
export const DATA_TYPES = Object.freeze({
  ...SCALARS,
  ...Object.fromEntries(SCALAR_TYPES.map((type) => [`list<${type}>`, list(SCALARS[type])])),
}) as Readonly<Record<TypeName, DataType>>;

export const TYPE_NAMES = Object.keys(DATA_TYPES) as TypeName[];

export const typeName = ({ type, items }: DataType): TypeName =>
  items === undefined ? (type as ScalarType) : `list<${items.type}>`;

/** The same type with the exact integers inside: for programs that show whatever is there. */
export const exactType = (type: DataType): DataType => {
  if (type.items !== undefined) return list(exactType(type.items) as ScalarDataType);
  const isChoosable = type.type === "int64" || type.type === "date" || type.type === "timestamp";
  return isChoosable ? Object.freeze({ type: type.type, as: "bigint" }) : DATA_TYPES[typeName(type)];
};

/** Whether values, or the items of lists, are to be the exact integers inside. */
export const isExact = ({ as, items }: DataType): boolean => (items?.as ?? as) === "bigint";
