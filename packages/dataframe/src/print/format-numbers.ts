/** Numbers as people read them. */
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

export const formatBytes = (bytes: number): string => {
  if (bytes < 0) return "-";
  let value = bytes;
  let unit = 0;
  // What would be shown as 1024.0 is one of the next unit.
  while (value >= (unit === 0 ? 1024 : 1023.95) && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
};

export const formatCount = (count: number): string => count.toLocaleString("en-US");

/** "1 row", "2,000 rows". */
export const formatCounted = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
