/**
 * The order in which results are merged: neighbours in groups of a fixed size, then the results of those, until one is left.
 * It depends on how many there are and on nothing else, so that merges that are not quite associative (floats) give the same
 * bits on every cluster.
 */

/** Results that one task merges: few enough to lie in one thread's memory, enough that a few rounds do. */
const MERGE_WIDTH = 16;

/** @returns groups of neighbours, in order; the last one may be smaller. */
export const mergeGroups = <T>(items: readonly T[], width = MERGE_WIDTH): T[][] => {
  const groups: T[][] = [];
  for (let first = 0; first < items.length; first += width) groups.push(items.slice(first, first + width));
  return groups;
};
