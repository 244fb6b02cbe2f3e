import { type CsvColumn, type CsvColumnType, SEEN } from "../../src/csv/csv-types.js";
import { formattedMicros, isoMicros } from "../../src/csv/date-format.js";
import { type CsvField, dialectBytes, isWholeRow, readRow } from "../../src/csv/read-row.js";
import { floatOf, integerOf, isInteger, takesValue } from "../../src/csv/value-types.js";
import type { CsvKernel, CsvLayout, OpenQuote } from "../../src/kernels/csv-kernel-types.js";
import type { BadRowPlace, RowColumn, RowDictionary } from "../../src/kernels/row-kernel-types.js";
import { BAD_ROWS_MAX, type RowFault } from "../../src/text/bad-rows.js";
import { ReferenceColumn } from "./reference-column.js";

type Value = bigint | number | string | undefined;

const LAYOUT: CsvLayout = {
  dialect: { delimiter: ",", quote: '"', newLine: "\n" },
  nulls: { texts: [""], inText: false },
  columns: [null],
  policy: "discard",
  chunkRows: 1,
};
const DAY_MICROS = 86_400_000_000n;

const typedValue = (type: CsvColumnType, text: string, format: string | null): Value => {
  const micros = (): bigint => (format === null ? isoMicros(text) : formattedMicros(text, format))!;
  switch (type) {
    case "boolean":
      return /^(true|1)$/i.test(text) ? 1 : 0;
    case "int64":
      return integerOf(text);
    case "float64":
      return floatOf(text);
    case "date":
      return Number(micros() / DAY_MICROS);
    case "timestamp":
      return micros();
    case "utf8":
      return text;
    default:
      return type satisfies never;
  }
};

/** What a guessed type does not take, as bits of `SEEN`. */
const whatIsSeen = ({ type, format }: CsvColumn, text: string): number => {
  if (type === "int64") {
    if (text === "-0") return SEEN.decimal;
    return takesValue("float64", text, true, null) ? SEEN.decimal : SEEN.text;
  }
  if (type === "date" && format === null && isoMicros(text) !== undefined) return SEEN.time;
  return SEEN.text;
};

const isLarge = (text: string): boolean => {
  const value = integerOf(text);
  return value > 2n ** 53n || value < -(2n ** 53n);
};

/** The CSV kernel in plain TypeScript: a row at a time, a string a field. */
export class ReferenceCsvKernel implements CsvKernel {
  #layout = LAYOUT;
  #columns: (ReferenceColumn | undefined)[] = [];
  #bytes = Buffer.alloc(0);
  #next = 0;
  #passed = 0;
  #seen: number[] = [];
  #badRows: BadRowPlace[] = [];
  openQuote: OpenQuote | undefined;
  rowCount = 0;
  lineCount = 0;
  blockRowCount = 0;
  badRowCount = 0;
  dictionaryBytes = 0;
  bytes = 0;

  reset(layout: CsvLayout): void {
    this.#layout = layout;
    this.#columns = layout.columns.map((column) => (column === null ? undefined : new ReferenceColumn(column.type)));
    this.rowCount = 0;
    this.beginBlock();
  }
  beginBlock(): void {
    for (const column of this.#columns) column?.beginBlock();
    this.#bytes = Buffer.alloc(0);
    this.#next = 0;
    this.#passed = 0;
    this.#seen = this.#columns.map(() => 0);
    this.lineCount = 0;
    this.blockRowCount = 0;
    this.badRowCount = 0;
    this.#badRows = [];
    this.openQuote = undefined;
  }
  space(bytes: number): Uint8Array {
    const rest = this.#bytes.subarray(this.#next);
    this.#passed += this.#next;
    this.#next = 0;
    this.#bytes = Buffer.concat([rest, Buffer.alloc(bytes)]);
    return this.#bytes.subarray(rest.length);
  }
  get pendingBytes(): number {
    return this.#bytes.length - this.#next;
  }
  get rowBytes(): number {
    return this.#passed + this.#next;
  }
  seen(): number[] {
    return [...this.#seen];
  }
  parse(_added: number, final: boolean, single: boolean): boolean {
    const dialect = dialectBytes(this.#layout.dialect);
    while (this.#next < this.#bytes.length) {
      // A chunk is only full for rows that may be whole.
      if (!final && this.#bytes.lastIndexOf(dialect.newLine) < this.#next) return false;
      if (this.rowCount === this.#layout.chunkRows) return true;
      const row = readRow(this.#bytes, this.#next, dialect, final);
      if (!isWholeRow(row)) return false;
      if (!row.isEmpty || this.#columns.length === 1) this.#row(row.fields);
      this.lineCount += 1 + row.lineBreaks;
      this.#next = row.behind;
      if (single) break;
    }
    return false;
  }
  takeRows(): RowColumn[] {
    return this.#columns.flatMap((column) => (column === undefined ? [] : [column.take(this.rowCount)]));
  }
  clearRows(): void {
    this.rowCount = 0;
  }
  badRows(): BadRowPlace[] {
    return [...this.#badRows];
  }
  blockStrings(column: number) {
    return { rowCount: this.#columns[column]!.blockRows, distinct: this.#columns[column]!.blockDistinct };
  }
  dictionary(column: number): RowDictionary {
    return this.#columns[column]!.dictionary();
  }

  #row(fields: readonly CsvField[]): void {
    const { columns, policy } = this.#layout;
    let bad: { readonly column: number; readonly fault: RowFault } | undefined;
    const seen = columns.map(() => 0);
    const values = columns.map((told, column): Value => {
      const field = fields[column];
      if (field === undefined) {
        bad ??= { column, fault: "fields-missing" };
        return undefined;
      }
      if (field.isBroken) {
        bad ??= { column, fault: "text-behind-quote" };
        return undefined;
      }
      if (told === null) return undefined;
      const { value, what, isBad } = this.#value(told, field);
      seen[column] = what;
      if (isBad) bad ??= { column, fault: "contradicts" };
      return value;
    });
    if (fields.length > columns.length) bad ??= { column: columns.length - 1, fault: "fields-left" };
    if (bad !== undefined) {
      if (this.badRowCount++ < BAD_ROWS_MAX) this.#badRows.push({ line: this.lineCount, ...bad });
      if (policy !== "null") return;
    }
    for (const [index, column] of this.#columns.entries()) column?.set(this.rowCount, values[index]);
    for (const [column, what] of seen.entries()) this.#seen[column]! |= what;
    this.rowCount++;
    this.blockRowCount++;
  }

  #value(
    told: CsvColumn,
    { start, end, isQuoted, isDoubled }: CsvField,
  ): { value?: Value; what: number; isBad?: true } {
    const { quote } = this.#layout.dialect;
    const { texts, inText } = this.#layout.nulls;
    const written = this.#bytes.toString("latin1", start, end);
    const text = isDoubled ? written.replaceAll(quote! + quote!, quote!) : written;
    if (told.type === "utf8") {
      const isNull = !isQuoted && (text === "" ? texts.includes("") : inText && texts.includes(text));
      return { value: isNull ? undefined : text, what: 0 };
    }
    // Text of numbers has no quotes, doubled or not.
    const value = written.replace(/^ +| +$/g, "");
    if (value === "" || texts.includes(value)) return { what: 0 };
    const { type, isGuessed, format } = told;
    if (takesValue(type, value, isGuessed, format)) {
      const isLargeInteger = isGuessed && type === "int64" && isInteger(value) && isLarge(value);
      return { value: typedValue(type, value, format), what: isLargeInteger ? SEEN.large : 0 };
    }
    return isGuessed ? { what: whatIsSeen(told, value) } : { what: 0, isBad: true };
  }
}
