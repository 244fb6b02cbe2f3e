import { isBitSet } from "./bitmap.js";
import { TEXT_BOUND_BYTES_MAX } from "./column-types.js";
import { compareBytes } from "./compare-bytes.js";
import { type Measured, NO_STATISTICS, orderOf } from "./integer-statistics.js";

/** The first bytes of `text`: not greater than it. Copied, so that it outlives the buffer. */
export const lowerTextBound = (text: Uint8Array): Uint8Array => text.slice(0, TEXT_BOUND_BYTES_MAX);

/**
 * At most `TEXT_BOUND_BYTES_MAX` bytes that are not less than `text`: the text, or its first bytes with the last one that
 * can grow grown by one. Undefined when none can: all are 0xff.
 */
export const upperTextBound = (text: Uint8Array): Uint8Array | undefined => {
  if (text.length <= TEXT_BOUND_BYTES_MAX) return text.slice();
  let end = TEXT_BOUND_BYTES_MAX;
  while (end > 0 && text[end - 1] === 0xff) end--;
  if (end === 0) return undefined;
  const bound = text.slice(0, end);
  bound[end - 1]!++;
  return bound;
};

/**
 * Measure plain text.
 * @param offsets - at least `rowCount + 1`, ascending and inside `values`.
 */
export const measureUtf8 = (
  offsets: Uint32Array,
  values: Uint8Array,
  rowCount: number,
  nullCount: number,
  validity: Uint8Array | undefined,
): Measured<Uint8Array> => {
  if (nullCount === rowCount) return { statistics: NO_STATISTICS, identical: true };
  let previous = 0;
  if (validity !== undefined) while (!isBitSet(validity, previous)) previous++;
  const compareRows = (left: number, right: number): number =>
    compareBytes(values, offsets[left]!, offsets[left + 1]!, values, offsets[right]!, offsets[right + 1]!);
  let min = previous;
  let max = previous;
  let ascents = 0;
  let descents = 0;
  for (let row = previous + 1; row < rowCount; row++) {
    if (validity !== undefined && !isBitSet(validity, row)) continue;
    const direction = compareRows(row, previous);
    if (direction > 0) {
      ascents++;
      if (max === previous || compareRows(row, max) > 0) max = row;
    } else if (direction < 0) {
      descents++;
      if (min === previous || compareRows(row, min) < 0) min = row;
    }
    previous = row;
  }
  const isOrdered = ascents === 0 || descents === 0;
  return {
    statistics: {
      order: orderOf(descents === 0, ascents === 0, rowCount, nullCount, validity),
      min: lowerTextBound(values.subarray(offsets[min]!, offsets[min + 1]!)),
      max: upperTextBound(values.subarray(offsets[max]!, offsets[max + 1]!)),
      magnitude: undefined,
      smallest: undefined,
      distinctCount: isOrdered ? ascents + descents + 1 : undefined,
    },
    identical: ascents + descents === 0,
  };
};
