/** Text to numbers and booleans, on its bytes. */
import { compareBytes } from "@eau2/serialization";
import type { Leaf } from "../leaf.js";
import { joinStates } from "./join-states.js";
import { countCodePoints, findBytes, standsAt } from "./text-bytes.js";
import type { TextRows } from "./text-rows.js";

type Test = (
  bytes: Uint8Array,
  start: number,
  end: number,
  other: Uint8Array,
  otherStart: number,
  otherEnd: number,
) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  contains: (...ranges) => findBytes(...ranges) >= 0,
  startsWith: standsAt,
  endsWith: (bytes, start, end, other, otherStart, otherEnd) => {
    const at = end - (otherEnd - otherStart);
    return at >= start && standsAt(bytes, at, end, other, otherStart, otherEnd);
  },
  eq: (bytes, start, end, other, otherStart, otherEnd) =>
    end - start === otherEnd - otherStart && standsAt(bytes, start, end, other, otherStart, otherEnd),
  ne: (bytes, start, end, other, otherStart, otherEnd) =>
    end - start !== otherEnd - otherStart || !standsAt(bytes, start, end, other, otherStart, otherEnd),
  lt: (...ranges) => compareBytes(...ranges) < 0,
  le: (...ranges) => compareBytes(...ranges) <= 0,
  gt: (...ranges) => compareBytes(...ranges) > 0,
  ge: (...ranges) => compareBytes(...ranges) >= 0,
};

/** A test of two texts, row by row; undefined for names that are none. */
export const testText = (name: string, text: TextRows, other: TextRows): Leaf | undefined => {
  const test = TESTS[name];
  if (test === undefined) return undefined;
  const { rowCount, offsets, bytes, positions } = text;
  const joined = joinStates([text, other], rowCount);
  const { states } = joined;
  const values = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    if (states !== undefined && states[row] !== 0) continue;
    const at = positions[row]!;
    const otherAt = other.positions[row]!;
    const [start, end] = [offsets[at]!, offsets[at + 1]!];
    const isTrue = test(bytes, start, end, other.bytes, other.offsets[otherAt]!, other.offsets[otherAt + 1]!);
    values[row] = isTrue ? 1 : 0;
  }
  return { type: "boolean", values, ...joined };
};

/** Code points or bytes of each row. */
export const measureText = (name: "length" | "byteLength", text: TextRows): Leaf => {
  const { rowCount, offsets, bytes, positions, states, sites } = text;
  const values = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    if (states !== undefined && states[row] !== 0) continue;
    const at = positions[row]!;
    const [start, end] = [offsets[at]!, offsets[at + 1]!];
    values[row] = name === "length" ? countCodePoints(bytes, start, end) : end - start;
  }
  return { type: "int64", values, states, sites };
};

/** Whether rows are among `strings`. @param hasNull - whether a null is, too. */
export const isTextIn = (text: TextRows, strings: readonly Uint8Array[], hasNull: boolean): Leaf => {
  const { rowCount, offsets, bytes, positions } = text;
  const sorted = [...strings].sort((a, b) => compareBytes(a, 0, a.length, b, 0, b.length));
  const values = new Uint8Array(rowCount);
  const states = hasNull ? (text.states?.slice() ?? new Uint8Array(rowCount)) : text.states;
  for (let row = 0; row < rowCount; row++) {
    if (states !== undefined && states[row] !== 0) continue;
    const at = positions[row]!;
    const isIn = hasBytes(sorted, bytes, offsets[at]!, offsets[at + 1]!);
    values[row] = isIn ? 1 : 0;
    if (hasNull && !isIn) states![row] = 1;
  }
  return { type: "boolean", values, states, sites: text.sites };
};

const hasBytes = (sorted: readonly Uint8Array[], bytes: Uint8Array, start: number, end: number): boolean => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = sorted[middle]!;
    const order = compareBytes(bytes, start, end, candidate, 0, candidate.length);
    if (order === 0) return true;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return false;
};
