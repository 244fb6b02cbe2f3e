/**
 * Sample moments, from exact sums of values and products. Engines subtract sums of squares of about the range of the values,
 * so that is what their error is measured by; where such squares are no floats, any number is right.
 */
import { nearest, nearestOfScaled, scaled } from "../exact.js";
import type { Approximate, Exact } from "../values.js";
import { type AggregateOfGroup, type Tuple, valuesOf } from "./aggregate-table.js";

const RELATIVE_ERROR = 1e-9;
const RANGE_ERROR = 1e-12;
const NO_NUMBER: Approximate = { approximate: Number.NaN, within: 0 };

const scaledOf = (value: NonNullable<Exact>): bigint =>
  typeof value === "bigint" ? value << 1074n : scaled(value as number);

const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

/** n times the sum of products less the product of sums: n (n - 1) times the covariance, scaled twice. */
const spread = (xs: readonly bigint[], ys: readonly bigint[]): bigint =>
  BigInt(xs.length) * sum(xs.map((x, index) => x * ys[index]!)) - sum(xs) * sum(ys);

const rangeOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const areFinite = (values: readonly NonNullable<Exact>[]): boolean =>
  values.every((value) => Number.isFinite(Number(value)));

/** Infinite where products of ranges overflow or vanish in an engine's floats. */
const errorOf = (value: number, scale: number): number =>
  scale > 1e290 || (scale !== 0 && scale < 1e-290)
    ? Number.POSITIVE_INFINITY
    : RELATIVE_ERROR * Math.abs(value) + RANGE_ERROR * scale;

const varianceOf = (values: readonly NonNullable<Exact>[]): Approximate | null => {
  if (values.length < 2) return null;
  if (!areFinite(values)) return NO_NUMBER;
  const xs = values.map(scaledOf);
  const count = BigInt(xs.length);
  const approximate = nearestOfScaled(spread(xs, xs), count * (count - 1n), 2n);
  return { approximate, within: errorOf(approximate, rangeOf(values.map(Number)) ** 2) };
};

const variance: AggregateOfGroup = { type: () => "float64", of: (rows) => varianceOf(valuesOf(rows)) };

const stddev: AggregateOfGroup = {
  type: () => "float64",
  of: (rows) => {
    const squared = varianceOf(valuesOf(rows));
    if (squared === null) return null;
    const { approximate, within } = squared;
    const width = Math.sqrt(approximate + within) - Math.sqrt(Math.max(0, approximate - within));
    return { approximate: Math.sqrt(approximate), within: Number.isNaN(width) ? 0 : width };
  },
};

/** Rows where both have values. */
const pairsOf = (rows: readonly Tuple[]): [ys: NonNullable<Exact>[], xs: NonNullable<Exact>[]] => {
  const pairs = rows.filter(([y, x]) => y !== null && x !== null) as [NonNullable<Exact>, NonNullable<Exact>][];
  return [pairs.map(([y]) => y), pairs.map(([, x]) => x)];
};

const rangesOf = (...columns: readonly NonNullable<Exact>[][]): number[] =>
  columns.map((values) => rangeOf(values.map(Number)));

const covariance: AggregateOfGroup = {
  type: () => "float64",
  of: (rows) => {
    const [ys, xs] = pairsOf(rows);
    if (ys.length < 2) return null;
    if (!areFinite([...ys, ...xs])) return NO_NUMBER;
    const count = BigInt(ys.length);
    const [yRange, xRange] = rangesOf(ys, xs);
    const approximate = nearestOfScaled(spread(ys.map(scaledOf), xs.map(scaledOf)), count * (count - 1n), 2n);
    return { approximate, within: errorOf(approximate, yRange! * xRange!) };
  },
};

/** Not a number where one side does not vary, for a single row too; null for no rows. */
const corr: AggregateOfGroup = {
  type: () => "float64",
  of: (rows) => {
    const [ys, xs] = pairsOf(rows);
    if (ys.length === 0) return null;
    if (!areFinite([...ys, ...xs])) return NO_NUMBER;
    const [y, x] = [ys.map(scaledOf), xs.map(scaledOf)];
    const [yRange, xRange] = rangesOf(ys, xs);
    if (yRange === 0 || xRange === 0) return NO_NUMBER;
    const shared = spread(y, x);
    const root = Math.sqrt(nearest(shared * shared, spread(y, y) * spread(x, x)));
    return { approximate: shared < 0n ? -root : root, within: errorOf(1, (yRange! * xRange!) ** 2) };
  },
};

const slope: AggregateOfGroup = {
  type: () => "float64",
  of: (rows) => {
    const [ys, xs] = pairsOf(rows);
    if (ys.length === 0) return null;
    if (!areFinite([...ys, ...xs])) return NO_NUMBER;
    const x = xs.map(scaledOf);
    const [yRange, xRange] = rangesOf(ys, xs);
    const ofX = spread(x, x);
    if (ofX === 0n) return NO_NUMBER;
    const approximate = nearest(spread(ys.map(scaledOf), x), ofX);
    const isExtreme = errorOf(0, xRange! ** 2) === Number.POSITIVE_INFINITY;
    return { approximate, within: isExtreme ? Number.POSITIVE_INFINITY : errorOf(approximate, yRange! / xRange!) };
  },
};

export const MOMENTS = { variance, stddev, covariance, corr, slope };
