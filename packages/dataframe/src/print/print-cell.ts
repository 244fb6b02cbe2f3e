/** Cells as tables show them. */
import type { Cell } from "../frame/cells.js";

/** UTF-8 bytes of a string that are shown. */
export const SHOWN_BYTES_MAX = 200;

const ENCODER = new TextEncoder();

/** Text for a terminal or a table: cut at 200 bytes, and what would steer the terminal becomes U+FFFD. */
export const printText = (text: string | Uint8Array): string => {
  // What is beyond is never shown, so it need not be encoded either.
  const bytes = typeof text === "string" ? ENCODER.encode(text.slice(0, SHOWN_BYTES_MAX + 1)) : text;
  const isCut = bytes.length > SHOWN_BYTES_MAX || (typeof text === "string" && text.length > SHOWN_BYTES_MAX + 1);
  // As a stream: a character that the cut goes through is left out instead of shown as one that is wrong.
  const shown = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, SHOWN_BYTES_MAX), {
    stream: isCut,
  });
  const plain = shown.replaceAll(/\p{Cc}/gu, "\ufffd");
  return isCut ? `${plain}…` : plain;
};

/** A cell as a table shows it; null is empty. */
export const printCell = (cell: Cell): string => {
  if (cell === null) return "";
  return typeof cell === "string" ? printText(cell) : Object.is(cell, -0) ? "-0" : String(cell);
};

/** A cell as JSON has it: what JSON has no number for is text ("NaN", "-Infinity", integers beyond 2^53). */
export const jsonCell = (cell: Cell): number | string | boolean | null => {
  if (typeof cell === "bigint") return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  return typeof cell === "number" && !Number.isFinite(cell) ? String(cell) : cell;
};
