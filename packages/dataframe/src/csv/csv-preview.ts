/** A guess as people read it: what a file is taken for, why, and its first rows. */
import { cutText, printText } from "../print/print-cell.js";
import { printTable } from "../print/print-table.js";
import type { CsvGuess, GuessedColumn } from "./guess-csv.js";

/** Characters of a row that is shown, and of a cell in it. */
const ROW_CHARACTERS_MAX = 116;
const CELL_CHARACTERS_MAX = 28;

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

const isNumber = ({ type }: GuessedColumn): boolean => type === "int64" || type === "float64";

/** The first rows, of as many columns as a line has room for, at least one. */
const rowTable = ({ columns, rows }: CsvGuess): string => {
  if (rows.length === 0) return "no rows\n";
  const read = columns.flatMap((column, index) => (column.isRead ? [{ column, index }] : []));
  const shownColumns: { column: GuessedColumn; cells: string[] }[] = [];
  let width = 0;
  for (const { column, index } of read) {
    const cells = [column.name, ...rows.map((row) => cutText(row[index] ?? ""))].map(cell);
    width += Math.max(...cells.map(({ length }) => length)) + 2;
    if (width > ROW_CHARACTERS_MAX && shownColumns.length > 0) break;
    shownColumns.push({ column, cells });
  }
  const table = printTable(
    shownColumns.map(({ cells }) => cells[0]!),
    rows.map((_, row) => shownColumns.map(({ cells }) => cells[row + 1]!)),
    shownColumns.flatMap(({ column }, place) => (isNumber(column) ? [place] : [])),
  );
  const left = read.length - shownColumns.length;
  return left === 0 ? table : `${table}and ${counted(left, "more column")}\n`;
};
