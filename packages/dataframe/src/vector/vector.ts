/**
 * A column of a batch while a query runs: as it lies in a chunk, or fresh from an expression. Fresh ones have no statistics
 * and no choice of encoding yet; `encode-vector.ts` makes a column of them when they are written. Nobody writes to a vector
 * after it was handed out.
 */
import type { ColumnLayout, Dictionary } from "@eau2/serialization";
import type { ScalarType } from "../expression/expression.js";

interface Rows {
  readonly rowCount: number;
  /** Bit `row` is 1 where the row has a value, spare bits 0; undefined: all have one. Slots of null rows may hold anything. */
  readonly validity: Uint8Array | undefined;
}

/** In place: nothing was copied. Text that is coded has its dictionary. */
export interface ColumnVector {
  readonly kind: "column";
  readonly rowCount: number;
  readonly layout: ColumnLayout;
  readonly dictionary: Dictionary | undefined;
  /** Of a list column: the type of its items, which the layout of nothing but nulls does not know. */
  readonly itemType?: ScalarType | undefined;
}

/** Integers (exact, at most 2^53 in magnitude), dates (days), timestamps (microseconds, at most 2^53), floats. */
export interface NumberVector extends Rows {
  readonly kind: "numbers";
  readonly type: Exclude<ScalarType, "boolean" | "utf8">;
  readonly values: Float64Array | Int32Array;
}

/** Integers and timestamps of which some may be beyond 2^53. */
export interface WideVector extends Rows {
  readonly kind: "wide";
  readonly type: "int64" | "timestamp";
  readonly values: BigInt64Array;
}

/** Bit-packed like `validity`. */
export interface BooleanVector extends Rows {
  readonly kind: "booleans";
  readonly bits: Uint8Array;
}

/** Text as codes; equal strings may have several codes only if `isUnique` is false. */
export interface CodedVector extends Rows {
  readonly kind: "coded";
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  readonly dictionary: Dictionary;
  readonly isUnique: boolean;
}

/** Text row by row: row `r` is `bytes` from `offsets[r]` up to `offsets[r + 1]`; null rows have no bytes. */
export interface TextVector extends Rows {
  readonly kind: "text";
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

/** Row `r` has the elements from `offsets[r]` up to `offsets[r + 1]`. */
export interface ListVector extends Rows {
  readonly kind: "lists";
  readonly offsets: Uint32Array;
  readonly elements: Vector;
}

export type Vector = ColumnVector | NumberVector | WideVector | BooleanVector | CodedVector | TextVector | ListVector;

/** Rows of a chunk, or what is left of them. */
export interface Batch {
  readonly rowCount: number;
  /** By position. */
  readonly columns: readonly { readonly name: string; readonly vector: Vector }[];
}
