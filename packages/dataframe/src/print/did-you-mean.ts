/** Half a sentence for the message about a name that is not there, when a known one is close; else nothing. */
export const didYouMean = (name: string, names: readonly string[]): string => {
  const near = names.find((other) => other.toLowerCase() === name.toLowerCase()) ?? nearest(name, names);
  return near === undefined ? "" : ` (did you mean "${near}"?)`;
};

/** The name that is one or two edits away, if there is one. */
const nearest = (name: string, names: readonly string[]): string | undefined => {
  let best: string | undefined;
  let bestEdits = Math.min(3, Math.ceil(name.length / 2) + 1);
  for (const other of names.slice(0, 1_000)) {
    if (Math.abs(other.length - name.length) >= bestEdits) continue;
    const edits = editDistance(name, other);
    if (edits < bestEdits) [best, bestEdits] = [other, edits];
  }
  return best;
};

/**
 * Insertions, deletions, replacements, and neighbours that have changed places.
 * @see Damerau, "A technique for computer detection and correction of spelling errors", CACM 7(3), 1964.
 */
const editDistance = (a: string, b: string): number => {
  let twoAbove: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwapped ? twoAbove[column - 2]! + 1 : replaced;
      current.push(Math.min(above[column]! + 1, current[column - 1]! + 1, replaced, swapped));
    }
    [twoAbove, above] = [above, current];
  }
  return above[b.length]!;
};
