/** Whether an engine's answer is the reference's. Returns what is wrong, in words, or undefined. */
import { compareValues, type Exact, exactOf, isApproximate, type Row, type Table, type Value } from "./values.js";

export interface Tolerance {
  /** The error that the reference allows an engine, times this. @defaultValue 1 */
  readonly times?: number;
  /** Of every float, relative: for engines with other elementary functions. @defaultValue 0 */
  readonly relative?: number;
  /** Whether 0 may stand for -0. @defaultValue false */
  readonly anyZero?: boolean;
}

export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Exact[])[];
}

export const compareAnswers = (
  expected: Table,
  actual: Answer,
  isOrdered: boolean,
  tolerance: Tolerance = {},
): string | undefined => {
  const signature = ({ columns }: Answer | Table) => JSON.stringify(columns.map(({ name, type }) => [name, type]));
  if (signature(expected) !== signature(actual))
    return `columns are ${signature(actual)}, expected ${signature(expected)}`;
  if (expected.rows.length !== actual.rows.length)
    return `${actual.rows.length} rows, expected ${expected.rows.length}`;
  return isOrdered
    ? compareInOrder(expected.rows, actual.rows, tolerance)
    : compareAsMultisets(expected.rows, actual.rows, tolerance);
};

type ActualRow = readonly Exact[];

const compareInOrder = (expected: readonly Row[], actual: readonly ActualRow[], tolerance: Tolerance) => {
  const index = expected.findIndex((row, at) => !equalRows(row, actual[at]!, tolerance));
  if (index < 0) return undefined;
  return `row ${index} is ${printRow(actual[index]!)}, expected ${printRow(expected[index]!)}`;
};

/** Rows that are alike but for approximate values are rare, so each takes the first that fits. */
const compareAsMultisets = (expected: readonly Row[], actual: readonly ActualRow[], tolerance: Tolerance) => {
  const left = new Set(actual);
  for (const row of expected) {
    const match = [...left].find((candidate) => equalRows(row, candidate, tolerance));
    if (match === undefined)
      return `no row equals ${printRow(row)}; left are ${[...left].slice(0, 3).map(printRow).join(" ")}`;
    left.delete(match);
  }
  return undefined;
};

const equalRows = (expected: Row, actual: ActualRow, tolerance: Tolerance): boolean =>
  expected.length === actual.length && expected.every((value, index) => equalValues(value, actual[index]!, tolerance));

const equalValues = (expected: Value, actual: Exact, tolerance: Tolerance): boolean => {
  if (isApproximate(expected)) {
    if (typeof actual !== "number") return false;
    return equalFloats(expected.approximate, actual, expected.within * (tolerance.times ?? 1), {
      ...tolerance,
      anyZero: true,
    });
  }
  if (typeof expected === "number") return typeof actual === "number" && equalFloats(expected, actual, 0, tolerance);
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) &&
      expected.length === actual.length &&
      expected.every((element, index) => equalValues(element, actual[index]!, tolerance))
    );
  if (expected === null || actual === null) return expected === actual;
  return typeof expected === typeof actual && compareValues(expected, actual) === 0;
};

const equalFloats = (
  expected: number,
  actual: number,
  within: number,
  { relative = 0, anyZero = false }: Tolerance,
) => {
  if (Object.is(expected, actual) || within === Number.POSITIVE_INFINITY) return true;
  if (expected === actual) return anyZero;
  return Math.abs(expected - actual) <= within + relative * Math.abs(expected);
};

export const printRow = (row: Row): string => `(${row.map(printValue).join(", ")})`;

const printValue = (value: Value): string => {
  const exact = exactOf(value);
  if (Array.isArray(exact)) return `[${exact.map(printValue).join(", ")}]`;
  if (typeof exact === "string") return JSON.stringify(exact);
  if (typeof exact === "bigint") return `${exact}n`;
  return Object.is(exact, -0) ? "-0" : String(exact);
};
