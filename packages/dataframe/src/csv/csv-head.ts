/** What stands before the rows of a file whose columns another file has told. */
import { Eau2Error } from "@eau2/protocol";
import { type CsvSample, textStart } from "./csv-sample.js";
import type { CsvGuess } from "./guess-csv.js";
import { dialectBytes, fieldBytes } from "./read-row.js";
import { sampleRows } from "./sniff-dialect.js";
import { columnNames } from "./sniff-header.js";

export interface CsvHead {
  /** Where rows begin, and lines before that. */
  readonly dataStart: number;
  readonly headLines: number;
}

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * @param head - as `readCsvHead` takes it.
 * @param guess - of the first file.
 * @throws {@link Eau2Error} `DATA_INVALID` when the file has another header, and as `guessCsv` for what is no text.
 */
export const csvHead = (
  name: string | undefined,
  { bytes, isLast }: CsvSample,
  { dialect, hasHeader, headerNames }: Pick<CsvGuess, "dialect" | "hasHeader" | "headerNames">,
): CsvHead => {
  const start = textStart(bytes, name);
  if (!hasHeader) return { dataStart: start, headLines: 0 };
  const rows = sampleRows(bytes, start, dialect, isLast);
  const index = rows.findIndex(({ isEmpty }) => !isEmpty);
  const row = rows[index];
  // Nothing at all has no other columns.
  if (row === undefined) return { dataStart: isLast ? bytes.length : start, headLines: 0 };
  const { quote } = dialectBytes(dialect);
  const names = columnNames(row.fields.map((field) => DECODER.decode(fieldBytes(bytes, field, quote))));
  const other = names.findIndex((text, column) => text !== headerNames[column]);
  if (other >= 0 || names.length !== headerNames.length) {
    const what =
      other < 0 || other >= headerNames.length
        ? `${names.length} columns, and the first file ${headerNames.length}`
        : `column ${other + 1} is "${names[other]}", and in the first file "${headerNames[other]}"`;
    throw new Eau2Error(
      "DATA_INVALID",
      `read ${name ?? "input"}: ${what}; load files of one schema together, others apart`,
    );
  }
  const headRows = rows.slice(0, index + 1);
  return { dataStart: row.behind, headLines: headRows.reduce((sum, { lineBreaks }) => sum + 1 + lineBreaks, 0) };
};
