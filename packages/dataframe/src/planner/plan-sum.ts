/** Which accumulator a sum is: plain additions where they are exact, bins where they are not. */
import type { Accumulator } from "../aggregates/accumulator.js";
import { floatGrid, PRODUCT_BITS } from "../aggregates/float-grid.js";
import { integerBounds, isFloat, type KnownColumn } from "./plan-inputs.js";

export interface SumOptions {
  /** Most rows that are added. */
  readonly rowCount: number;
  /** Floats are added as they come: for measuring what sameness costs. */
  readonly plain: boolean;
  /** Integers beyond 2^53 count as the nearest float, as in their squares. */
  readonly asFloats?: boolean;
}

type Term = "value" | "square" | "product";

const EXACT_MAX = 2n ** 53n;

const magnitudeOf = (column: KnownColumn): bigint => {
  const [least, greatest] = integerBounds(column);
  const below = -least;
  if (below > greatest) return below;
  return greatest;
};

/**
 * @param columns - of the inputs: one, or two for a product.
 * @param isInteger - whether the sum is an integer, not a float made of integers.
 */
export const planSum = (
  inputs: readonly number[],
  columns: readonly KnownColumn[],
  term: Term,
  { rowCount, plain, asFloats = false }: SumOptions,
): Accumulator => {
  const factors = term === "square" ? [columns[0]!, columns[0]!] : columns;
  if (columns.every(({ type }) => !isFloat(type))) {
    const largest = factors.reduce((product, column) => product * magnitudeOf(column), 1n);
    if (largest * BigInt(rowCount) < EXACT_MAX) return { kind: "sumExact", inputs: [...inputs], term };
    if (term === "value" && !asFloats) {
      const isWide = magnitudeOf(columns[0]!) > BigInt(Number.MAX_SAFE_INTEGER);
      if (isWide) return { kind: "sumWide", inputs: [...inputs] };
    }
  }
  if (plain) return { kind: "sumPlain", inputs: [...inputs], term };
  return { kind: "sumFloat", inputs: [...inputs], term, ...gridOf(factors, rowCount) };
};

const gridOf = (factors: readonly KnownColumn[], rowCount: number) => {
  let magnitude = 1;
  let smallest = 1;
  let isAlwaysFinite = true;
  for (const column of factors) {
    const { type, facts } = column;
    if (isFloat(type)) {
      if (facts === undefined) return { grid: null, isFinite: false };
      magnitude *= facts.magnitude ?? 0;
      smallest *= facts.smallest ?? facts.magnitude ?? 0;
      isAlwaysFinite &&= facts.isFinite;
    } else {
      magnitude *= Number(magnitudeOf(column));
    }
  }
  // Products may overflow, and what is 0 for all rows needs no grid.
  const isUsable = Number.isFinite(magnitude) && (magnitude === 0 || smallest > 0);
  const grid = isUsable
    ? floatGrid(rowCount, magnitude, Math.min(magnitude, smallest), factors.length === 1 ? undefined : PRODUCT_BITS)
    : undefined;
  return { grid: grid ?? null, isFinite: isAlwaysFinite && Number.isFinite(magnitude) };
};
