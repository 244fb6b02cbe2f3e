/** The line of a README that says how large the package is, packed. 1 kB is 1,000 bytes. */
const LINE = /^Packed: ([\d.]+) kB\.$/m;

/** @returns undefined when there is no such line */
export const packedBytesIn = (readme: string): number | undefined => {
  const kilobytes = LINE.exec(readme)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_000;
};

/** Whole kilobytes, so that a changed word changes nothing. */
export const withPackedBytes = (readme: string, bytes: number): string =>
  readme.replace(LINE, `Packed: ${Math.ceil(bytes / 1_000)} kB.`);
