/** Freezes plain data and all in it, parts that occur several times once. Loops, so that depth is no matter. */
export const deepFreeze = <Value>(root: Value): Value => {
  const seen = new Set<object>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    Object.freeze(value);
    for (const part of Object.values(value)) open.push(part); // spread would be as many arguments as a list has items
  }
  return root;
};
