/**
 * Chunks as CSV that our own reader, and any other, reads back: comma, LF, `"` around what needs it. Null is an empty field, empty text
 * `""`; floats are the shortest text that is the same number; dates and times are ISO, and bytes of text stay as they are.
 */
import type { Column } from "../column/column.js";
import type { ChunkView } from "../frame/chunk-view.js";
import { printDate, printTimestamp } from "../print/print-date.js";

const ENCODER = new TextEncoder();
const [COMMA, QUOTE, LINE_FEED, CARRIAGE_RETURN, SPACE] = [0x2c, 0x22, 0x0a, 0x0d, 0x20];

/** Bytes that are appended to. */
class Bytes {
  #bytes = new Uint8Array(65_536);
  #length = 0;

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** Text of ASCII and other characters. */
  text(value: string): void {
    this.#room(value.length * 3);
    this.#length += ENCODER.encodeInto(value, this.#bytes.subarray(this.#length)).written;
  }

  /** A field of text, in quotes where it would be read as something else without. */
  field(value: Uint8Array): void {
    const isQuoted = needsQuotes(value);
    this.#room(value.length * 2 + 2);
    if (isQuoted) this.#bytes[this.#length++] = QUOTE;
    for (let at = 0; at < value.length; at++) {
      if (value[at] === QUOTE) this.#bytes[this.#length++] = QUOTE;
      this.#bytes[this.#length++] = value[at]!;
    }
    if (isQuoted) this.#bytes[this.#length++] = QUOTE;
  }

  get used(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Empty text would be null, and spaces around it would be lost. */
const needsQuotes = (value: Uint8Array): boolean => {
  if (value.length === 0 || value[0] === SPACE || value[value.length - 1] === SPACE) return true;
  for (let at = 0; at < value.length; at++) {
    const byte = value[at]!;
    if (byte === COMMA || byte === QUOTE || byte === LINE_FEED || byte === CARRIAGE_RETURN) return true;
  }
  return false;
};

/** Writes the value of a row that is not null. */
type WriteCell = (row: number, into: Bytes) => void;

const cellWriter = (column: Column): WriteCell => {
  const read = column.valueReader;
  switch (column.type) {
    case "utf8":
      return (row, into) => into.field(column.bytesAt(row)!);
    case "date":
      return (row, into) => into.text(printDate(Number(column.bigintAt(row)!)));
    case "timestamp":
      return (row, into) => into.text(printTimestamp(column.bigintAt(row)!));
    case "int64":
      return (row, into) => into.text(String(column.bigintAt(row)!));
    case "list":
      return (row, into) => into.field(ENCODER.encode(listText(column.get(row) as readonly unknown[])));
    default:
      return (row, into) => {
        const value = read(row);
        into.text(Object.is(value, -0) ? "-0" : String(value));
      };
  }
};

/** As JSON, with integers as they are. */
const listText = (items: readonly unknown[]): string =>
  `[${items
    .map((item) => (typeof item === "bigint" || typeof item === "number" ? String(item) : JSON.stringify(item)))
    .join(",")}]`;

/** The first line: the names. */
export const csvHeader = (names: readonly string[]): Uint8Array => {
  const line = new Bytes();
  names.forEach((name, index) => {
    if (index > 0) line.byte(COMMA);
    line.field(ENCODER.encode(name));
  });
  line.byte(LINE_FEED);
  return line.used;
};

/** A line for each row. Of a single column a null is an empty line. */
export const csvLines = ({ columns, rowCount }: ChunkView): Uint8Array => {
  const lines = new Bytes();
  const writers = columns.map(cellWriter);
  for (let row = 0; row < rowCount; row++) {
    for (let index = 0; index < columns.length; index++) {
      if (index > 0) lines.byte(COMMA);
      if (!columns[index]!.isNull(row)) writers[index]!(row, lines);
    }
    lines.byte(LINE_FEED);
  }
  return lines.used;
};
