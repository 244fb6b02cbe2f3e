/** A guess as people read it: what a file is taken for, why, and its first rows. */
import { cutText, printText } from "../print/print-cell.js";
import { printTable } from "../print/print-table.js";
import type { CsvGuess, GuessedColumn } from "./guess-csv.js";

/** Columns of a wide file whose values are shown. */
const COLUMNS_SHOWN_MAX = 12;
const CELL_CHARACTERS_MAX = 32;

/** What a load would take a file for. */
export class CsvPreview {
  /** @param path - of the file. @param bytes - its size. */
  constructor(
    readonly path: string,
    readonly bytes: number,
    readonly guess: CsvGuess,
  ) {}

  /** As a table for people. */
  toString(): string {
    const { guess } = this;
    return [this.#head(), dialectTable(guess), columnTable(guess.columns), rowTable(guess)].join("\n");
  }

  #head(): string {
    const { columns, sampledRows } = this.guess;
    const name = this.path.slice(this.path.lastIndexOf("/") + 1);
    return `${printText(name)}: ${this.bytes.toLocaleString("en-US")} bytes, ${counted(columns.length, "column")}, from ${counted(sampledRows, "row")} that ${sampledRows === 1 ? "was" : "were"} looked at\n`;
  }
}

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;

const shown = (character: string): string =>
  character === "\t" ? "tab" : character === "\n" ? "line feed" : character === "\r" ? "return" : character;

const dialectTable = ({ dialect, hasHeader, nulls, reasons }: CsvGuess): string => {
  const spellings = nulls.texts.map((text) => (text === "" ? "empty" : printText(text))).join(", ");
  return printTable(
    ["", "is", "because"],
    [
      ["delimiter", shown(dialect.delimiter), reasons.delimiter],
      ["quote", dialect.quote === null ? "none" : shown(dialect.quote), reasons.quote],
      ["lines end in", shown(dialect.newLine), reasons.newLine],
      ["header", hasHeader ? "yes" : "no", printText(reasons.header)],
      ["null", spellings, nulls.inText ? "given" : "in columns of text only the empty field"],
    ],
  );
};

const typeText = ({ type, format, isRead }: GuessedColumn): string =>
  !isRead ? "-" : format === null ? type : `${type} ${format}`;

const columnTable = (columns: readonly GuessedColumn[]): string =>
  printTable(
    ["column", "type", "because"],
    columns.map((column) => [
      printText(column.name),
      typeText(column),
      column.isRead ? printText(column.reason) : "not in the schema",
    ]),
  );

const cell = (text: string): string => {
  const printed = printText(text);
  return printed.length > CELL_CHARACTERS_MAX ? `${printed.slice(0, CELL_CHARACTERS_MAX - 1)}…` : printed;
};

const rowTable = ({ columns, rows }: CsvGuess): string => {
  if (rows.length === 0) return "no rows\n";
  const read = columns.flatMap((column, index) => (column.isRead ? [index] : []));
  const places = read.slice(0, COLUMNS_SHOWN_MAX);
  const table = printTable(
    places.map((index) => cell(columns[index]!.name)),
    rows.map((row) => places.map((index) => cell(cutText(row[index] ?? "")))),
    places.flatMap((index, place) =>
      columns[index]!.type === "int64" || columns[index]!.type === "float64" ? [place] : [],
    ),
  );
  const left = read.length - places.length;
  return left === 0 ? table : `${table}and ${counted(left, "more column")}\n`;
};
