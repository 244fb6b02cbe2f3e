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

/** Values from which on one pass that deals them out beats comparing them. */
const DEALT_MIN = 128;
const BUCKETS = 256;
const counts = new Uint32Array(BUCKETS);

const selected = (values: Float64Array, from: number, to: number, nth: number): number => {
  const [start, end] = to - from >= DEALT_MIN ? narrowed(values, from, to, nth) : [from, to];
  select(values, start, end, nth);
  return values[nth]!;
};

/**
 * Deals values out by size into buckets, so that those before and behind the one that `nth` falls into need no further look: whether a
 * value is less is no branch that a processor has to guess. Where they are not spread evenly little is won and nothing lost.
 * @returns where the values of that bucket now lie.
 */
const narrowed = (values: Float64Array, from: number, to: number, nth: number): readonly [number, number] => {
  let least = values[from]!;
  let greatest = least;
  for (let index = from + 1; index < to; index++) {
    const value = values[index]!;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const scale = (BUCKETS - 1) / (greatest - least);
  if (!Number.isFinite(scale) || !Number.isFinite(greatest - least)) return [from, to];
  counts.fill(0);
  for (let index = from; index < to; index++) counts[((values[index]! - least) * scale) | 0]!++;
  let bucket = 0;
  let before = from;
  while (before + counts[bucket]! <= nth) before += counts[bucket++]!;
  const behind = before + counts[bucket]!;
  deal(values, from, to, least, scale, bucket, before, behind);
  return [before, behind];
};

let dealt = new Float64Array(0);

const deal = (
  values: Float64Array,
  from: number,
  to: number,
  least: number,
  scale: number,
  bucket: number,
  before: number,
  behind: number,
): void => {
  if (dealt.length < to - from) dealt = new Float64Array(to - from);
  let [low, middle, high] = [from, before, behind];
  for (let index = from; index < to; index++) {
    const value = values[index]!;
    const its = ((value - least) * scale) | 0;
    if (its < bucket) dealt[low++ - from] = value;
    else if (its > bucket) dealt[high++ - from] = value;
    else dealt[middle++ - from] = value;
  }
  values.set(dealt.subarray(0, to - from), from);
};

const leastFrom = (values: Float64Array, from: number, to: number): number => {
  let least = values[from]!;
  for (let index = from + 1; index < to; index++) if (values[index]! < least) least = values[index]!;
  return least;
};
