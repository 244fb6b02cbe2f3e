/** Order statistics without sorting. */

/** Moves NaN behind the numbers of [from, to). @returns where they begin */
const nanLast = (values: Float64Array, from: number, to: number): number => {
  let end = to;
  for (let index = from; index < end; ) {
    const value = values[index]!;
    if (!Number.isNaN(value)) index++;
    else {
      values[index] = values[--end]!;
      values[end] = value;
    }
  }
  return end;
};

/**
 * Reorders [from, to) so that `nth` holds what it would if they were sorted, nothing before it is greater and nothing behind
 * it less. No NaN among them.
 * @see Hoare, "Algorithm 65: Find", CACM 4, 1961; the median of three keeps ordered input from being the worst.
 */
const select = (values: Float64Array, from: number, to: number, nth: number): void => {
  let left = from;
  let right = to - 1;
  while (left < right) {
    const middle = (left + right) >>> 1;
    const a = values[left]!;
    const b = values[middle]!;
    const c = values[right]!;
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let low = left;
    let high = right;
    while (low <= high) {
      while (values[low]! < pivot) low++;
      while (values[high]! > pivot) high--;
      if (low > high) break;
      const swapped = values[low]!;
      values[low++] = values[high]!;
      values[high--] = swapped;
    }
    if (nth <= high) right = high;
    else if (nth >= low) left = low;
    else return;
  }
};

/**
 * The quantile of [from, to), at least one value, which are reordered: linear between the two nearest. NaN comes after every number.
 * @param fraction - 0 to 1.
 */
export const quantileOf = (values: Float64Array, from: number, to: number, fraction: number): number => {
  const position = fraction * (to - from - 1);
  const below = Math.floor(position);
  const nans = nanLast(values, from, to);
  const nth = from + below;
  const lower = nth < nans ? selected(values, from, nans, nth) : Number.NaN;
  if (position === below) return lower;
  const upper = nth + 1 < nans ? leastFrom(values, nth + 1, nans) : Number.NaN;
  return lower === upper ? lower : lower + (upper - lower) * (position - below);
};

const selected = (values: Float64Array, from: number, to: number, nth: number): number => {
  select(values, from, to, nth);
  return values[nth]!;
};

const leastFrom = (values: Float64Array, from: number, to: number): number => {
  let least = values[from]!;
  for (let index = from + 1; index < to; index++) if (values[index]! < least) least = values[index]!;
  return least;
};
