/**
 * The shape of a column in memory: a type, an encoding, buffers in Arrow's layout and statistics. Plain data; the codecs
 * in this folder turn it into bytes and back, and the engine reads its buffers directly.
 */

/** Types of single values: those of columns, and of the items of lists. */
export const SCALAR_TYPES = [
  "boolean",
  "int8",
  "int16",
  "int32",
  "int64",
  "float64",
  "utf8",
  "float32",
  "date",
  "timestamp",
] as const;
export type ScalarType = (typeof SCALAR_TYPES)[number];
/** The index in this list is the code in a chunk's bytes: append only. */
export const COLUMN_TYPES = ["list", ...SCALAR_TYPES] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];
/** `date`: days since 1970-01-01; `timestamp`: microseconds since its midnight, UTC. Integers like the others down here. */
export type IntegerType = "int8" | "int16" | "int32" | "int64" | "date" | "timestamp";
export type FloatType = "float32" | "float64";

/**
 * How the values of one column of one chunk are stored. The index in this list is the code in a chunk's bytes: append only.
 * `null`: no row has a value (zero rows too). `constant`, `constantCode`: every row that is not null has the same value.
 * `codes*`, `constantCode`: positions in the frame's dictionary of this column, which is not part of the chunk.
 */
export const ENCODINGS = [
  "null",
  "constant",
  "bits",
  "int8",
  "int16",
  "int32",
  "int64",
  "float64",
  "plain",
  "constantCode",
  "codes8",
  "codes16",
  "codes32",
  "float32",
  "list",
] as const;
export type Encoding = (typeof ENCODINGS)[number];
export type IntegerEncoding = "int8" | "int16" | "int32" | "int64";
export type CodeEncoding = "codes8" | "codes16" | "codes32";

/** Which encodings a column of a type may have; an integer is never stored wider than its type. */
export const ENCODINGS_OF: Readonly<Record<ColumnType, readonly Encoding[]>> = {
  boolean: ["null", "constant", "bits"],
  int8: ["null", "constant", "int8"],
  int16: ["null", "constant", "int8", "int16"],
  int32: ["null", "constant", "int8", "int16", "int32"],
  int64: ["null", "constant", "int8", "int16", "int32", "int64"],
  date: ["null", "constant", "int8", "int16", "int32"],
  timestamp: ["null", "constant", "int8", "int16", "int32", "int64"],
  float32: ["null", "constant", "float32"],
  float64: ["null", "constant", "float64"],
  utf8: ["null", "constant", "plain", "constantCode", "codes8", "codes16", "codes32"],
  list: ["null", "list"],
};

/**
 * What is known about the order of rows, as `sort` understands it: nulls last, NaN after every number, -0 equal to 0,
 * bytes of text. `ascending` and `descending` allow equal neighbours, `constant` is both, and `none` claims nothing:
 * also a column with a null before a value is `none`. Codes are not in the order of their strings: `none` or `constant`.
 */
export const ORDERS = ["none", "ascending", "descending", "constant"] as const;
export type Order = (typeof ORDERS)[number];

/** Facts about the rows of one column of one chunk that are not null. Undefined is "not known", never "none". */
export interface Statistics<Value> {
  readonly order: Order;
  /**
   * Least and greatest value. Integers: exact bigints. Floats: NaN is the greatest, and 0 stands for -0 too; some value
   * is NaN or infinite exactly when one of the two is. utf8: a lower and an upper *bound* of at most
   * {@link TEXT_BOUND_BYTES_MAX} bytes, for plain text only. Undefined when no row has a value.
   */
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  /** Largest absolute value, of the finite ones for floats; integers and floats only. */
  readonly magnitude: Value | undefined;
  /** Smallest absolute value that is neither 0 nor infinite, if there is one; floats only. Exact sums are scaled by it. */
  readonly smallest: number | undefined;
  /** How many different values; exact where known: constant, boolean, ordered and coded columns. */
  readonly distinctCount: number | undefined;
}

/** Bounds of text are cut at this many bytes. */
export const TEXT_BOUND_BYTES_MAX = 32;

interface Rows<Type extends ColumnType, Value> {
  readonly type: Type;
  readonly rowCount: number;
  readonly nullCount: number;
  /**
   * Bit `row` (least significant first) is 1 where the row has a value; ceil(rowCount / 8) bytes, spare bits 0.
   * Present exactly when 0 < nullCount < rowCount: a column of nulls only has the encoding `null`.
   * The slots of null rows in the other buffers hold zero, so equal columns have equal bytes.
   */
  readonly validity: Uint8Array | undefined;
  readonly statistics: Statistics<Value>;
}

interface NoValues {
  readonly encoding: "null";
}

export type BooleanLayout = Rows<"boolean", boolean> &
  (
    | NoValues
    | { readonly encoding: "constant"; readonly value: boolean }
    /** Bit-packed like `validity`. */
    | { readonly encoding: "bits"; readonly values: Uint8Array }
  );

/** The value of a row is `offset + values[row]`; `int64` always has offset 0 and is exact two's complement. */
export type IntegerLayout = Rows<IntegerType, bigint> &
  (
    | NoValues
    | { readonly encoding: "constant"; readonly value: bigint }
    | { readonly encoding: "int8"; readonly offset: bigint; readonly values: Int8Array }
    | { readonly encoding: "int16"; readonly offset: bigint; readonly values: Int16Array }
    | { readonly encoding: "int32"; readonly offset: bigint; readonly values: Int32Array }
    | { readonly encoding: "int64"; readonly offset: bigint; readonly values: BigInt64Array }
  );

type FloatRows<Type extends FloatType, Values> = Rows<Type, number> &
  (
    | NoValues
    /** One element, not a number: copying it as bytes keeps the bits of -0 and of every NaN. */
    | { readonly encoding: "constant"; readonly values: Values }
    | { readonly encoding: Type; readonly values: Values }
  );

export type Float32Layout = FloatRows<"float32", Float32Array>;
export type Float64Layout = FloatRows<"float64", Float64Array>;
export type FloatLayout = Float32Layout | Float64Layout;

export type Utf8Layout = Rows<"utf8", Uint8Array> &
  (
    | NoValues
    /** `values`: the bytes of the one string. */
    | { readonly encoding: "constant"; readonly values: Uint8Array }
    /** Row `r` is `values` from `offsets[r]` up to `offsets[r + 1]`; rowCount + 1 offsets. Arrow's utf8 below 2^31 bytes. */
    | { readonly encoding: "plain"; readonly offsets: Uint32Array; readonly values: Uint8Array }
    | { readonly encoding: "constantCode"; readonly code: number }
    | { readonly encoding: "codes8"; readonly values: Uint8Array }
    | { readonly encoding: "codes16"; readonly values: Uint16Array }
    | { readonly encoding: "codes32"; readonly values: Uint32Array }
  );

/** A column of single values. */
export type ScalarLayout = BooleanLayout | IntegerLayout | FloatLayout | Utf8Layout;

/** A column of lists. Nothing is claimed about the lists themselves: the statistics are those of their items. */
export type ListLayout = Rows<"list", never> &
  (
    | NoValues
    /**
     * The list of row `r` is `items` from `offsets[r]` up to `offsets[r + 1]`; rowCount + 1 offsets. A null has no items.
     * Codes of items are positions in the frame's dictionary of this column.
     */
    | { readonly encoding: "list"; readonly offsets: Uint32Array; readonly items: ScalarLayout }
  );

export type ColumnLayout = ScalarLayout | ListLayout;

/** Columns of the same rows, homed together. */
export interface ChunkLayout {
  readonly rowCount: number;
  readonly columns: readonly ColumnLayout[];
}

/** The different strings of a column of a frame; the string of code `c` is `values` from `offsets[c]` up to `offsets[c + 1]`. */
export interface Dictionary {
  readonly count: number;
  /** count + 1 offsets; the first is 0 and the last is `values.length`. */
  readonly offsets: Uint32Array;
  readonly values: Uint8Array;
}
