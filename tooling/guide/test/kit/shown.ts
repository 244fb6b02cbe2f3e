/** What a page shows against what was printed: the same lines, but for what is never the same twice. */
import assert from "node:assert/strict";

/**
 * What a reader's machine and another run do differently. A page shows what one run printed; both sides go through this.
 */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b\d+(\.\d+)? (ms|s)\b/g, "N ms"],
  [/\b\d+\.\d ([KG]iB)\b/g, "N $1"],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME"],
  [/\beau2-[0-9a-f]{16}\b/g, "CLUSTER"],
  // Ports that were picked.
  [/(\d+\.\d+\.\d+\.\d+):(?!3282\b)\d{4,5}\b/g, "$1:PORT"],
  // Columns are as wide as what stands in them.
  [/ {2,}/g, "  "],
];
/** pnpm's own lines: the script that it runs, and that it failed. */
const PNPMS = /^(\$ |\[ELIFECYCLE\])/;

const linesOf = (text: string): string[] =>
  VARYING.reduce((masked, [pattern, by]) => masked.replaceAll(pattern, by), text)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line, index, lines) => !PNPMS.test(line) && (line !== "" || index < lines.length - 1));

/** Whether everything that is shown was printed; more may have been. */
export const beginsAsShown = (shown: string, printed: string): boolean => {
  const lines = linesOf(printed);
  return linesOf(shown).every((line, index) => line === lines[index]);
};

/** @param anyOrder - for lines of several nodes. */
export const assertShown = (shown: string, printed: string, anyOrder: boolean, where: string): void => {
  const [expected, actual] = [linesOf(shown), linesOf(printed)];
  assert.deepEqual(
    anyOrder ? actual.sort() : actual,
    anyOrder ? expected.sort() : expected,
    `${where} shows:\n${shown}\nand there was printed:\n${printed}`,
  );
};
