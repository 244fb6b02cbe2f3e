/** How the columns that an aggregation reads are represented: what is known of them decides. */
import type { ScalarType } from "../expression/expression.js";
import type { RowInput } from "../group/group-spec.js";
import type { KeyField } from "../group/key-layout.js";
import type { ColumnFacts } from "./column-facts.js";

/** A column of a stage, as far as it is known. */
export interface KnownColumn {
  readonly type: ScalarType;
  /** Undefined for what is computed. */
  readonly facts: ColumnFacts | undefined;
  /** Text: entries of its dictionary. */
  readonly dictionarySize: number | undefined;
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const SMALL_MAX = 0xffff_fffen;

export const isFloat = (type: ScalarType): boolean => type === "float64" || type === "float32";

/** Values that an integer type can have, for columns of which nothing else is known. */
const TYPE_BOUNDS: Readonly<Partial<Record<ScalarType, readonly [bigint, bigint]>>> = {
  int8: [-(2n ** 7n), 2n ** 7n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  date: [-(2n ** 31n), 2n ** 31n - 1n],
};
const INT64_BOUNDS = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/** Bounds of an integer, date or timestamp column; of no values [0, 0]. */
export const integerBounds = ({ type, facts }: KnownColumn): readonly [bigint, bigint] => {
  if (facts === undefined) return TYPE_BOUNDS[type] ?? INT64_BOUNDS;
  if (facts.least === null || facts.greatest === null) return [0n, 0n];
  return [BigInt(facts.least), BigInt(facts.greatest)];
};

/** Whether a value may be null. */
export const isNullable = ({ facts }: KnownColumn): boolean => facts === undefined || facts.nullCount > 0;

const isSafe = ([least, greatest]: readonly [bigint, bigint]): boolean => least >= -SAFE && greatest <= SAFE;

export const keyField = (column: KnownColumn): KeyField => {
  const nullable = isNullable(column);
  const { type } = column;
  if (type === "boolean") return { kind: "small", min: 0, count: 2, isNullable: nullable };
  if (type === "utf8") return { kind: "small", min: 0, count: column.dictionarySize ?? 0, isNullable: nullable };
  if (isFloat(type)) return { kind: "float", isNullable: nullable };
  const bounds = integerBounds(column);
  const [least, greatest] = bounds;
  const count = greatest - least + 1n;
  if (!isSafe(bounds) || count > SMALL_MAX) return { kind: "wide", isNullable: nullable };
  return { kind: "small", min: Number(least), count: Number(count), isNullable: nullable };
};

/** The array that holds all values of an input, and whether they are read in halves. */
export const rowInput = (column: KnownColumn): RowInput => {
  const hasValidity = isNullable(column);
  const { type } = column;
  const input = (array: RowInput["array"], isWide = false): RowInput => ({ array, isWide, hasValidity });
  if (type === "boolean") return input("Uint8Array");
  if (type === "utf8") return input(codeArray(column.dictionarySize ?? 0));
  if (isFloat(type)) return input("Float64Array");
  const bounds = integerBounds(column);
  const [least, greatest] = bounds;
  const fits = (bits: bigint) => least >= -(2n ** (bits - 1n)) && greatest < 2n ** (bits - 1n);
  if (fits(8n)) return input("Int8Array");
  if (fits(16n)) return input("Int16Array");
  if (fits(32n)) return input("Int32Array");
  return isSafe(bounds) ? input("Float64Array") : input("Int32Array", true);
};

const codeArray = (size: number): RowInput["array"] =>
  size <= 2 ** 8 ? "Uint8Array" : size <= 2 ** 16 ? "Uint16Array" : "Uint32Array";
