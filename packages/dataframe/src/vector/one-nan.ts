import type { ColumnLayout } from "@eau2/serialization";

/**
 * NaN that was computed has one pattern of bits. Its sign is that of whatever instruction made it, so of whether a loop was compiled
 * already: the same query would have other bytes on another run.
 * @param layout - of values that nobody else sees yet; NaNs are written in place.
 */
export const oneNaN = (layout: ColumnLayout): ColumnLayout => {
  if (layout.type !== "float64" && layout.type !== "float32") return layout;
  if (layout.encoding === "null" || !Number.isNaN(layout.statistics.max)) return layout;
  const { values } = layout;
  for (let row = 0; row < values.length; row++) if (Number.isNaN(values[row])) values[row] = Number.NaN;
  return layout;
};
