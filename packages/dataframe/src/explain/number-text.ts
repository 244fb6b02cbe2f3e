/** Numbers as people read them. */

/** @example 1_234_567 -> "1,234,567" */
export const numberText = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** @example many(2, "chunk") -> "2 chunks" */
export const many = (count: number, what: string): string => `${numberText(count)} ${what}${count === 1 ? "" : "s"}`;

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** @example 1_536 -> "1.5 KiB" */
export const bytesText = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit]}`;
};

/** @example 0.4 -> "0.4 ms"; 1_234 -> "1.23 s" */
export const timeText = (ms: number): string =>
  ms >= 1_000 ? `${(ms / 1_000).toFixed(2)} s` : `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
