/**
 * Values of the reference: null, booleans, a bigint for every integer (and for days of dates, microseconds of timestamps), a
 * number for floats, text as bytes (`text-bytes.ts`), arrays for lists.
 */
import type { PlanColumn } from "@eau2/dataframe";

/** A float that an engine may miss by `within`, because it adds in another order or with fewer digits. */
export interface Approximate {
  readonly approximate: number;
  readonly within: number;
}

export type Exact = null | boolean | bigint | number | string | readonly Exact[];
export type Value = Exact | Approximate;
export type Row = readonly Value[];

export interface Table {
  readonly columns: readonly PlanColumn[];
  readonly rows: readonly Row[];
}

export const isApproximate = (value: Value): value is Approximate =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** What a computation goes on with. */
export const exactOf = (value: Value): Exact => (isApproximate(value) ? value.approximate : value);

const sign = (isLess: boolean, isGreater: boolean): number => (isLess ? -1 : isGreater ? 1 : 0);

/** NaN equals NaN and is greater than every other number; -0 equals 0. An integer meets a float as a float. */
const compareNumbers = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return sign(!Number.isNaN(a), !Number.isNaN(b));
  return sign(a < b, a > b);
};

/** The order of values of one type, none of them null; lists compare element by element, with nulls last. */
export const compareValues = (a: Exact, b: Exact): number => {
  if (typeof a === "bigint" && typeof b === "bigint") return sign(a < b, a > b);
  if (typeof a === "string" && typeof b === "string") return sign(a < b, a > b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  return compareNumbers(Number(a), Number(b));
};

const compareLists = (a: readonly Exact[], b: readonly Exact[]): number => {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x, y] = [a[index]!, b[index]!];
    const order = x === null || y === null ? sign(x !== null, y !== null) : compareValues(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

/** Equal for values of one type that fall into one group: nulls, NaNs, both zeros. */
export const groupKey = (value: Exact): string => {
  if (Array.isArray(value)) return `[${value.map(groupKey).join()}]`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return String(value); // both zeros are "0"
  return String(value);
};

/** As it comes out of keys, `min`, `max` and sums: 0 for -0. */
export const withoutMinusZero = <T extends Exact>(value: T): T => (value === 0 ? (0 as T) : value);
