/**
 * The first of `items` that together have at most `bytesMax` bytes: a list in a control part is cut by bytes, because as
 * many long names as its schema allows would not fit.
 * @param bytesOf - bytes of one item when encoded, or an upper bound.
 */
export const firstThatFit = <T>(items: readonly T[], bytesMax: number, bytesOf: (item: T) => number): T[] => {
  let count = 0;
  for (let bytesLeft = bytesMax; count < items.length; count++) {
    bytesLeft -= bytesOf(items[count]!);
    if (bytesLeft < 0) break;
  }
  return items.slice(0, count);
};
