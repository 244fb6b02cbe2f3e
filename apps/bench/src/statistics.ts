/** The middle value, or the mean of the two in the middle; null of none. */
export const median = (values: readonly number[]): number | null => {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** With so many digits behind the point; null stays null. */
export const rounded = <Value extends number | null>(value: Value, digits = 0): Value =>
  (value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits) as Value;

/** `a / b` with three digits; null when one of them was not measured. */
export const ratio = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : rounded(a / b, 3);

/** The n-th root of the product of positive values; null of none. */
export const geometricMean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
