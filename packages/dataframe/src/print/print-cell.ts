/** Cells as tables show them. */
import { daysOfDate, microsOfDate } from "../calendar/dates.js";
import type { Cell, ScalarCell } from "../frame/cells.js";
import type { DataType } from "../schema/data-types.js";
import { printDate, printTimestamp } from "./print-date.js";

/** UTF-8 bytes of a string that are shown. */
const SHOWN_BYTES_MAX = 200;

const ENCODER = new TextEncoder();

/** Text cut at 200 bytes; what is not UTF-8 becomes U+FFFD. */
export const cutText = (text: string | Uint8Array): string => {
  // What is beyond is never shown, so it need not be encoded either.
  const bytes = typeof text === "string" ? ENCODER.encode(text.slice(0, SHOWN_BYTES_MAX + 1)) : text;
  const isCut = bytes.length > SHOWN_BYTES_MAX || (typeof text === "string" && text.length > SHOWN_BYTES_MAX + 1);
  // As a stream: a character that the cut goes through is left out instead of shown as one that is wrong.
  const shown = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, SHOWN_BYTES_MAX), {
    stream: isCut,
  });
  return isCut ? `${shown}…` : shown;
};

/** Text for a terminal or a table: as {@link cutText}, and what would steer the terminal becomes U+FFFD. */
export const printText = (text: string | Uint8Array): string => cutText(text).replaceAll(/\p{Cc}/gu, "\ufffd");

/** Cells of dates and timestamps are a `Date`, or the integer inside. */
const dateText = (cell: Date | number | bigint): string =>
  printDate(cell instanceof Date ? daysOfDate(cell)! : Number(cell));
const timestampText = (cell: Date | number | bigint, separator: " " | "T"): string =>
  printTimestamp(cell instanceof Date ? microsOfDate(cell)! : BigInt(cell), separator);

/** A cell of a column of `type` as a table shows it; null is empty, and lists look like JSON: `[1, null, "a"]`. */
export const printCell = (cell: Cell, { type, items }: DataType): string => {
  if (cell === null) return "";
  if (Array.isArray(cell)) return printText(`[${cell.map((item) => printItem(item, items!)).join(", ")}]`);
  if (typeof cell === "string") return printText(cell);
  if (type === "date") return dateText(cell as Date | bigint);
  if (type === "timestamp") return timestampText(cell as Date | bigint, " ");
  return Object.is(cell, -0) ? "-0" : String(cell);
};

const printItem = (item: ScalarCell, type: DataType): string =>
  item === null ? "null" : typeof item === "string" ? JSON.stringify(item) : printCell(item, type);

type JsonScalar = number | string | boolean | null;

/**
 * A cell of a column of `type` as JSON has it: what JSON has no value for is text (dates, "NaN", "-Infinity", integers
 * beyond 2^53).
 */
export const jsonCell = (cell: Cell, type: DataType): JsonScalar | JsonScalar[] =>
  Array.isArray(cell) ? cell.map((item) => jsonScalar(item, type.items!)) : jsonScalar(cell as ScalarCell, type);

const jsonScalar = (cell: ScalarCell, { type }: DataType): JsonScalar => {
  if (cell === null) return null;
  if (type === "date") return dateText(cell as Date | bigint);
  if (type === "timestamp") return `${timestampText(cell as Date | bigint, "T")}Z`;
  if (typeof cell === "bigint") return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  return typeof cell === "number" && !Number.isFinite(cell) ? String(cell) : (cell as number | string | boolean);
};
