/**
 * The fields of one line of SoR, byte by byte: what schemas are inferred with, and what the kernel's tests compare it to.
 * The grammar stands at `SorKernel`.
 */
import type { RowFault } from "../text/bad-rows.js";
import { SOR_FIELD_BYTES_MAX, type SorColumnType } from "./sor-types.js";

const NEW_LINE = 10;
const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const ONE = 49;
const NINE = 57;
const OPEN = 60;
const CLOSE = 62;

const INT64_MAX = 2n ** 63n - 1n;
/** So many digits are an int64 whatever they are. */
const SURE_DIGITS = 18;

/**
 * The field that was read last. One object is used again and again.
 * A value is `bytes` from `start` to `end`, without quotes.
 */
export interface SorField {
  kind: "missing" | "bare" | "quoted" | "bad";
  start: number;
  end: number;
  fault: RowFault | undefined;
  /** Where reading goes on. */
  behind: number;
}

export const newField = (): SorField => ({ kind: "missing", start: 0, end: 0, fault: undefined, behind: 0 });

/** The "<" of the next field of the line at `from`, or -1. */
export const findField = (bytes: Uint8Array, from: number, lineEnd: number): number => {
  for (let at = from; at < lineEnd; at++) if (bytes[at] === OPEN) return at;
  return -1;
};

const bad = (field: SorField, fault: RowFault, behind: number): false => {
  field.kind = "bad";
  field.fault = fault;
  field.behind = behind;
  return false;
};

/** Reads the field whose "<" stands at `open`, on the line that ends before `lineEnd`, into `field`; false if it is bad. */
export const readField = (bytes: Uint8Array, open: number, lineEnd: number, field: SorField): boolean => {
  let at = open + 1;
  while (at < lineEnd && bytes[at] === SPACE) at++;
  if (at === lineEnd) return bad(field, "field-unclosed", at);
  field.fault = undefined;
  field.kind = bytes[at] === CLOSE ? "missing" : bytes[at] === QUOTE ? "quoted" : "bare";
  if (field.kind === "quoted") {
    field.start = ++at;
    while (at < lineEnd && bytes[at] !== QUOTE) at++;
    if (at === lineEnd) return bad(field, "quote-unclosed", at);
    field.end = at++;
  } else {
    field.start = at;
    while (at < lineEnd && bytes[at] !== CLOSE && bytes[at] !== SPACE) at++;
    field.end = at;
  }
  while (at < lineEnd && bytes[at] === SPACE) at++;
  if (at === lineEnd) return bad(field, "field-unclosed", at);
  if (bytes[at] !== CLOSE) {
    while (at < lineEnd && bytes[at] !== CLOSE) at++;
    return bad(field, "text-behind-value", Math.min(lineEnd, at + 1));
  }
  if (field.end - field.start > SOR_FIELD_BYTES_MAX) return bad(field, "too-long", at + 1);
  field.behind = at + 1;
  return true;
};

export const endOfLine = (bytes: Uint8Array, from: number): number => {
  const at = bytes.indexOf(NEW_LINE, from);
  return at < 0 ? bytes.length : at;
};

/** The narrowest type that takes a value: `bytes` from `start` to `end`, bare. */
export const typeOfBare = (bytes: Uint8Array, start: number, end: number): SorColumnType => {
  const first = bytes[start]!;
  if (end - start === 1 && (first === ZERO || first === ONE)) return "boolean";
  let digits = 0;
  let points = 0;
  for (let at = first === PLUS || first === MINUS ? start + 1 : start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === DOT) points++;
    else if (byte >= ZERO && byte <= NINE) digits++;
    else return "utf8";
  }
  if (digits === 0 || points > 1) return "utf8";
  if (points === 1) return "float64";
  return digits <= SURE_DIGITS || isInt64(textOf(bytes, start, end)) ? "int64" : "float64";
};

const isInt64 = (text: string): boolean => {
  const value = int64Of(text);
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
};

/** The integer that a sign and digits are: `BigInt` refuses a "+". */
export const int64Of = (text: string): bigint => {
  const magnitude = BigInt(text.replace(/^[+-]/, ""));
  return text.startsWith("-") ? -magnitude : magnitude;
};

/** One character a byte. */
const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));
