/** Text to text, row by row. ASCII is handled as bytes; what else there is as code points, or decoded where meaning asks for it. */

import type { Call } from "../../expression/expression.js";
import { TextBuilder } from "../../vector/text-builder.js";
import type { Leaf } from "../leaf.js";
import { decodeExact } from "./exact-text.js";
import { joinStates } from "./join-states.js";
import { countCodePoints, findBytes, isAscii, skipCodePoints } from "./text-bytes.js";
import { rowText, type TextRows } from "./text-rows.js";

/** Adds what a row becomes to the row that is open. */
type Write = (into: TextBuilder, bytes: Uint8Array, start: number, end: number, row: number) => void;

/** @param inputs - all whose values a row needs, `text` among them. */
const mapText = (text: TextRows, inputs: readonly (TextRows | Leaf)[], write: Write): TextRows => {
  const { rowCount, offsets, bytes, positions } = text;
  const joined = joinStates(inputs, rowCount);
  const { states } = joined;
  const into = new TextBuilder(rowCount, text.form === "rows" ? bytes.length : rowCount * 16);
  for (let row = 0; row < rowCount; row++) {
    if (states === undefined || states[row] === 0) {
      const at = positions[row]!;
      write(into, bytes, offsets[at]!, offsets[at + 1]!, row);
    }
    into.endRow();
  }
  return rowText(into.offsets, into.bytes, rowCount, joined);
};

/** As JavaScript changes the string; where it changes nothing, the bytes stay, also those that are no UTF-8. */
const writeChanged = (
  into: TextBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  change: (text: string) => string,
): void => {
  const text = decodeExact(bytes, start, end);
  const changed = change(text);
  if (changed === text) into.append(bytes, start, end);
  else into.appendString(changed);
};

const changeCase = (text: TextRows, isUpper: boolean): TextRows => {
  const [first, last] = isUpper ? [0x61, 0x7a] : [0x41, 0x5a];
  const change = isUpper ? (value: string) => value.toUpperCase() : (value: string) => value.toLowerCase();
  return mapText(text, [text], (into, bytes, start, end) => {
    if (!isAscii(bytes, start, end)) {
      writeChanged(into, bytes, start, end, change);
      return;
    }
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      into.appendByte(byte >= first && byte <= last ? byte ^ 0x20 : byte);
    }
  });
};

/** White space of more than one byte, as JavaScript's `trim` takes it. */
const WIDE_SPACES: ReadonlySet<number> = new Set([
  0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029,
  0x202f, 0x205f, 0x3000, 0xfeff,
]);

const isNarrowSpace = (byte: number): boolean => byte === 0x20 || (byte >= 9 && byte <= 13);

/** Whether the `length` bytes at `at` are a space of that many bytes. */
const isWideSpace = (bytes: Uint8Array, at: number, length: 2 | 3): boolean => {
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  if (length === 2) return first === 0xc2 && second === 0xa0;
  if ((first & 0xf0) !== 0xe0 || (second & 0xc0) !== 0x80 || (bytes[at + 2]! & 0xc0) !== 0x80) return false;
  return WIDE_SPACES.has(((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (bytes[at + 2]! & 0x3f));
};

const WIDTHS = [2, 3] as const;

const trimmedStart = (bytes: Uint8Array, start: number, end: number): number => {
  let at = start;
  for (;;) {
    while (at < end && isNarrowSpace(bytes[at]!)) at++;
    const width = WIDTHS.find((length) => at + length <= end && isWideSpace(bytes, at, length));
    if (width === undefined) return at;
    at += width;
  }
};

const trimmedEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let at = end;
  for (;;) {
    while (at > start && isNarrowSpace(bytes[at - 1]!)) at--;
    const width = WIDTHS.find((length) => at - length >= start && isWideSpace(bytes, at - length, length));
    if (width === undefined) return at;
    at -= width;
  }
};

const trim = (text: TextRows, name: string): TextRows =>
  mapText(text, [text], (into, bytes, start, end) => {
    const first = name === "trimEnd" ? start : trimmedStart(bytes, start, end);
    into.append(bytes, first, name === "trimStart" ? end : trimmedEnd(bytes, first, end));
  });

/** A position as `slice` of JavaScript takes it: from the end where it is negative, and inside the text. */
const clampPosition = (position: number, length: number): number =>
  position < 0 ? Math.max(0, length + position) : Math.min(position, length);

const slice = (text: TextRows, from: Leaf, to: Leaf | undefined): TextRows =>
  mapText(text, to === undefined ? [text, from] : [text, from, to], (into, bytes, start, end, row) => {
    const length = countCodePoints(bytes, start, end);
    const first = clampPosition(Number(from.values[row]!), length);
    const last = to === undefined ? length : clampPosition(Number(to.values[row]!), length);
    if (first >= last) return;
    const isPlain = length === end - start;
    const begin = isPlain ? start + first : skipCodePoints(bytes, start, end, first);
    into.append(bytes, begin, isPlain ? start + last : skipCodePoints(bytes, begin, end, last - first));
  });

const replace = (text: TextRows, search: TextRows, replacement: TextRows): TextRows =>
  mapText(text, [text, search, replacement], (into, bytes, start, end, row) => {
    const searchAt = search.positions[row]!;
    const [needleStart, needleEnd] = [search.offsets[searchAt]!, search.offsets[searchAt + 1]!];
    const at = replacement.positions[row]!;
    let from = start;
    while (needleEnd > needleStart) {
      const found = findBytes(bytes, from, end, search.bytes, needleStart, needleEnd);
      if (found < 0) break;
      into.append(bytes, from, found);
      into.append(replacement.bytes, replacement.offsets[at]!, replacement.offsets[at + 1]!);
      from = found + needleEnd - needleStart;
    }
    into.append(bytes, from, end);
  });

const concatTexts = (texts: readonly TextRows[]): TextRows => {
  const [first, ...others] = texts;
  return mapText(first!, texts, (into, bytes, start, end, row) => {
    into.append(bytes, start, end);
    for (const other of others) {
      const at = other.positions[row]!;
      into.append(other.bytes, other.offsets[at]!, other.offsets[at + 1]!);
    }
  });
};

const pad = (text: TextRows, length: Leaf, fill: TextRows, isAtStart: boolean): TextRows =>
  mapText(text, [text, length, fill], (into, bytes, start, end, row) => {
    const at = fill.positions[row]!;
    const [fillStart, fillEnd] = [fill.offsets[at]!, fill.offsets[at + 1]!];
    const missing = fillStart === fillEnd ? 0 : Number(length.values[row]!) - countCodePoints(bytes, start, end);
    if (!isAtStart) into.append(bytes, start, end);
    if (missing > 0) {
      const fillLength = countCodePoints(fill.bytes, fillStart, fillEnd);
      let left = missing;
      for (; left >= fillLength; left -= fillLength) into.append(fill.bytes, fillStart, fillEnd);
      into.append(fill.bytes, fillStart, skipCodePoints(fill.bytes, fillStart, fillEnd, left));
    }
    if (isAtStart) into.append(bytes, start, end);
  });

/** What a function of text computes from its arguments. */
export interface TextArguments {
  text(index: number): TextRows;
  numbers(index: number): Leaf;
}

/** Undefined for functions that do not make text of text, or need patterns. */
export const mapTexts = ({ name, args }: Call, { text, numbers }: TextArguments): TextRows | undefined => {
  switch (name) {
    case "lower":
    case "upper":
      return changeCase(text(0), name === "upper");
    case "trim":
    case "trimStart":
    case "trimEnd":
      return trim(text(0), name);
    case "slice":
      return slice(text(0), numbers(1), args.length > 2 ? numbers(2) : undefined);
    case "replace":
      return replace(text(0), text(1), text(2));
    case "concat":
      return concatTexts(args.map((_, index) => text(index)));
    case "padStart":
    case "padEnd":
      return pad(text(0), numbers(1), text(2), name === "padStart");
    default:
      return undefined;
  }
};
