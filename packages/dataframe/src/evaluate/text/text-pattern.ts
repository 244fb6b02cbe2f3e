/**
 * Regular expressions over rows: JavaScript's, on decoded text.
 *
 * V8's engine backtracks, and some patterns then take longer than anybody waits. Its linear-time engine takes over when a
 * match backtracks too much, but not for patterns with the flags i, u or v, with look-around or with back-references; those
 * must be run by somebody who can end them (see `isSlowPattern`). Where text and pattern are ASCII, u and v are left out,
 * which changes nothing there.
 */

import type { Call, Expression } from "../../expression/expression.js";
import { allowLinearPatterns } from "../../platform/linear-patterns.js";
import { TextBuilder } from "../../vector/text-builder.js";
import type { Leaf } from "../leaf.js";
import { decodeExact } from "./exact-text.js";
import { isAscii } from "./text-bytes.js";
import { rowText, type TextRows } from "./text-rows.js";

const textArgument = ({ args }: Call, index: number): string => {
  const argument = args[index];
  return argument?.kind === "literal" ? String(argument.value ?? "") : "";
};

/** What only the linear-time engine refuses, told from the text of the pattern; an escaped bracket may be taken for one. */
const REFUSED = /\\[1-9k]|\(\?(?:=|!|<=|<!)/;
/** What means something else without the flag u or v: escapes of code points and properties, and sets of v. */
const NEEDS_UNICODE = /\\[uUpPqk]|\[/;

const ASCII = /^[\0-\x7f]*$/;

const withoutUnicode = (pattern: string, flags: string): string | undefined =>
  /[uv]/.test(flags) && !flags.includes("i") && ASCII.test(pattern) && !NEEDS_UNICODE.test(pattern)
    ? flags.replace(/[uv]/, "")
    : undefined;

const isPatternCall = (expression: Expression): expression is Call =>
  expression.kind === "call" &&
  (expression.name === "matches" || expression.name === "extract" || expression.name === "replaceMatches");

/** Whether a call runs a pattern that V8's linear-time engine cannot take over: it may never come back. */
export const isSlowPatternCall = (expression: Expression): boolean => {
  if (!isPatternCall(expression)) return false;
  const pattern = textArgument(expression, 1);
  return /[iuv]/.test(textArgument(expression, 2)) || REFUSED.test(pattern);
};

interface Patterns {
  /** The pattern for a text. */
  of(bytes: Uint8Array, start: number, end: number): RegExp;
}

const patternsOf = (call: Call, more: string): Patterns => {
  allowLinearPatterns();
  const pattern = textArgument(call, 1);
  const flags = textArgument(call, 2);
  const general = new RegExp(pattern, flags + more);
  const plainFlags = withoutUnicode(pattern, flags);
  if (plainFlags === undefined) return { of: () => general };
  const plain = new RegExp(pattern, plainFlags + more);
  return { of: (bytes, start, end) => (isAscii(bytes, start, end) ? plain : general) };
};

export const matchText = (call: Call, text: TextRows): Leaf => {
  const patterns = patternsOf(call, "");
  const { rowCount, offsets, bytes, positions, states, sites } = text;
  const values = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    if (states !== undefined && states[row] !== 0) continue;
    const at = positions[row]!;
    const [start, end] = [offsets[at]!, offsets[at + 1]!];
    values[row] = patterns.of(bytes, start, end).test(decodeExact(bytes, start, end)) ? 1 : 0;
  }
  return { type: "boolean", values, states, sites };
};

/** Text by a pattern; undefined for functions that have none. */
export const mapPattern = (call: Call, text: () => TextRows): TextRows | undefined => {
  if (call.name === "extract") return extract(call, text());
  return call.name === "replaceMatches" ? replaceMatches(call, text()) : undefined;
};

const extract = (call: Call, text: TextRows): TextRows => {
  const patterns = patternsOf(call, "");
  const group = Number(textArgument(call, 3));
  const { rowCount, offsets, bytes, positions } = text;
  const states = text.states?.slice() ?? new Uint8Array(rowCount);
  const into = new TextBuilder(rowCount, rowCount * 8);
  for (let row = 0; row < rowCount; row++) {
    if (states[row] === 0) {
      const at = positions[row]!;
      const [start, end] = [offsets[at]!, offsets[at + 1]!];
      const found = patterns.of(bytes, start, end).exec(decodeExact(bytes, start, end))?.[group];
      if (found === undefined) states[row] = 1;
      else into.appendString(found);
    }
    into.endRow();
  }
  return rowText(into.offsets, into.bytes, rowCount, { states, sites: text.sites });
};

const replaceMatches = (call: Call, text: TextRows): TextRows => {
  const patterns = patternsOf(call, "g");
  const replacement = textArgument(call, 3);
  const { rowCount, offsets, bytes, positions, states, sites } = text;
  const into = new TextBuilder(rowCount, rowCount * 16);
  for (let row = 0; row < rowCount; row++) {
    if (states === undefined || states[row] === 0) {
      const at = positions[row]!;
      const [start, end] = [offsets[at]!, offsets[at + 1]!];
      const before = decodeExact(bytes, start, end);
      const after = before.replace(patterns.of(bytes, start, end), replacement);
      // Nothing replaced: the bytes stay, also those that are no UTF-8.
      if (after === before) into.append(bytes, start, end);
      else into.appendString(after);
    }
    into.endRow();
  }
  return rowText(into.offsets, into.bytes, rowCount, { states, sites });
};
