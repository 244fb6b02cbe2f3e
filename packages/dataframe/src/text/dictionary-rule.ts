/**
 * When a column of strings is not worth a dictionary.
 *
 * The rules look at counts of blocks alone, never at shards, so the same input gets the same encodings everywhere.
 * They use only +, x, / and comparisons, which are the same bits on every engine.
 */

export interface DistinctCount {
  readonly rowCount: number;
  /** Distinct values among these rows. */
  readonly distinct: number;
}

/** What is known of one block of a column. */
export interface BlockDistinctCount extends DistinctCount {
  /**
   * The counts of about the first half of the block's rows. Without them the rule expects that every block brings as
   * many new strings as it has distinct ones.
   */
  readonly half?: DistinctCount;
}

/** A column of up to so many rows keeps its dictionary whatever is in it: it is small either way. */
const DICTIONARY_ROW_COUNT_SURE = 65_536;
/** Above this share of distinct values codes and dictionary together are larger than the plain strings. */
const DICTIONARY_DISTINCT_SHARE_MAX = 0.5;

/** Whether a block hands its column on as plain strings. */
export const blockGivesUp = ({ rowCount, distinct }: DistinctCount): boolean =>
  rowCount > DICTIONARY_ROW_COUNT_SURE && distinct / rowCount > DICTIONARY_DISTINCT_SHARE_MAX;

/**
 * Whether a frame's column is stored plain, decided before its dictionaries are unified.
 *
 * The same rule as for a block, over all rows; but how many distinct strings the blocks have together is not known yet,
 * and adding up theirs counts a string once a block: 100,000 ids over 10 million rows in 64 blocks would look like a
 * share of 0.5 and have one of 0.01. So the share is estimated by Heaps' law (distinct = a x rows ** b; Heaps,
 * "Information Retrieval", 1978) from the blocks and their halves: if doubling the rows multiplied the distinct values
 * by r, then doubling them again multiplies the share by r / 2. With unique values r is 2 and the share stays.
 * Deviation is on the side of plain: real columns saturate, Heaps' law does not.
 * @param blocks - of one column, in origin order; blocks without rows are passed over.
 */
export const frameGivesUp = (blocks: readonly BlockDistinctCount[]): boolean => {
  let blockCount = 0;
  let rowCount = 0;
  let distinct = 0;
  let halfDistinct = 0;
  for (const block of blocks) {
    if (block.rowCount === 0) continue;
    blockCount++;
    rowCount += block.rowCount;
    distinct += block.distinct;
    halfDistinct += block.half?.distinct ?? block.distinct / 2;
  }
  if (rowCount <= DICTIONARY_ROW_COUNT_SURE) return false;
  const growth = halfDistinct > 0 ? Math.min(2, distinct / halfDistinct) : 2;
  let share = distinct / rowCount;
  for (let doubled = 2; doubled <= blockCount; doubled *= 2) share *= growth / 2;
  return share > DICTIONARY_DISTINCT_SHARE_MAX;
};
