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

/** @see Wagner, Fischer, "The string-to-string correction problem", JACM 21(1), 1974. */
const editDistance = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(above[column]! + 1, current[column - 1]! + 1, replaced));
    }
    above = current;
  }
  return above[b.length]!;
};
