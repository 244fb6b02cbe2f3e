/** Lists while they are computed, and what is asked of them. */
import { bitmapByteLength, setBit } from "@eau2/serialization";
import type { ValueType } from "../expression/expression.js";
import { elementOf, isList } from "../expression/value-types.js";
import { emptyVector } from "../vector/empty-vector.js";
import { listsOfVector } from "../vector/lists-of-vector.js";
import { TextBuilder } from "../vector/text-builder.js";
import type { ListVector, Vector } from "../vector/vector.js";
import type { Leaf, States } from "./leaf.js";
import { JoinedSites, joinStates, stateAt } from "./text/join-states.js";
import { findBytes, skipCodePoints } from "./text/text-bytes.js";
import { pickText } from "./text/text-choice.js";
import { statesOf, type TextRows, textOfVector, validityOf } from "./text/text-rows.js";

export interface ListRows extends States {
  readonly rowCount: number;
  /** The elements of row `r` are those from `offsets[r]` up to `offsets[r + 1]`; a row without a value has none. */
  readonly offsets: Uint32Array;
  readonly elements: Vector;
}

export const listsOf = (vector: Vector): ListRows => {
  const { rowCount, validity, offsets, elements } = listsOfVector(vector);
  return { rowCount, offsets, elements, states: statesOf(validity, rowCount), sites: [] };
};

/** Null in every row. @param type - of lists. */
export const nullLists = (type: ValueType, rowCount: number): ListRows => ({
  rowCount,
  offsets: new Uint32Array(rowCount + 1),
  elements: emptyVector(isList(type) ? elementOf(type) : "boolean"),
  states: new Uint8Array(rowCount).fill(1),
  sites: [],
});

/** @throws as `validityOf`. */
export const vectorOfLists = (lists: ListRows): ListVector => {
  const { rowCount, offsets, elements } = lists;
  return { kind: "lists", rowCount, validity: validityOf(lists, rowCount), offsets, elements };
};

/** Without a separator every code point is a piece; of nothing there is one piece, which is nothing. */
export const splitText = (text: TextRows, separator: TextRows): ListRows => {
  const { rowCount, bytes } = text;
  const joined = joinStates([text, separator], rowCount);
  const offsets = new Uint32Array(rowCount + 1);
  const starts: number[] = [];
  const ends: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    if (stateAt(joined, row) === 0) {
      const at = text.positions[row]!;
      const by = separator.positions[row]!;
      const [byStart, byEnd] = [separator.offsets[by]!, separator.offsets[by + 1]!];
      const end = text.offsets[at + 1]!;
      let start = text.offsets[at]!;
      for (;;) {
        const found =
          byStart === byEnd
            ? skipCodePoints(bytes, start, end, 1)
            : findBytes(bytes, start, end, separator.bytes, byStart, byEnd);
        const isLast = found < 0 || (byStart === byEnd && found >= end);
        starts.push(start);
        ends.push(isLast ? end : found);
        if (isLast) break;
        start = found + byEnd - byStart;
      }
    }
    offsets[row + 1] = starts.length;
  }
  const pieces = new TextBuilder(starts.length, bytes.length);
  for (const [index, start] of starts.entries()) {
    pieces.append(bytes, start, ends[index]!);
    pieces.endRow();
  }
  const elements: Vector = {
    kind: "text",
    rowCount: starts.length,
    validity: undefined,
    offsets: pieces.offsets,
    bytes: pieces.bytes,
  };
  return { rowCount, offsets, elements, ...joined };
};

export const measureLists = ({ rowCount, offsets, states, sites }: ListRows): Leaf => {
  const values = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) values[row] = offsets[row + 1]! - offsets[row]!;
  return { type: "int64", values, states, sites };
};

/** Where the element at a position of each list stands among all: from 0, or from the end where it is negative. */
interface Picked extends States {
  readonly rows: Uint32Array;
  /** Null beyond the list. */
  readonly states: Uint8Array;
}

const elementsAt = (lists: ListRows, position: Leaf): Picked => {
  const { rowCount, offsets } = lists;
  const joined = joinStates([lists, position], rowCount);
  const states = joined.states?.slice() ?? new Uint8Array(rowCount);
  const rows = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    if (states[row] !== 0) continue;
    const [start, end] = [offsets[row]!, offsets[row + 1]!];
    const wanted = Number(position.values[row]!);
    const at = wanted < 0 ? end + wanted : start + wanted;
    if (at >= start && at < end) rows[row] = at;
    else states[row] = 1;
  }
  return { rows, states, sites: joined.sites };
};

/** The text at a position of each list. */
export const textAt = (lists: ListRows, position: Leaf): TextRows => {
  const picked = elementsAt(lists, position);
  const { rows, states } = picked;
  const elements = textOfVector(lists.elements);
  const sites = new JoinedSites([elements, picked]);
  return pickText(lists.rowCount, [elements], rows, (row) => (states[row] === 0 ? 0 : -1 - states[row]!), sites);
};

/** The value at a position of each list. @param elements - of all lists. */
export const valueAt = (lists: ListRows, elements: Leaf, position: Leaf): Leaf => {
  const { rows, states, sites } = elementsAt(lists, position);
  const { type, values: from } = elements;
  const values = new (from.constructor as new (length: number) => typeof from)(lists.rowCount);
  for (let row = 0; row < lists.rowCount; row++) {
    if (states[row] !== 0) continue;
    states[row] = stateAt(elements, rows[row]!);
    values[row] = from[rows[row]!]!;
  }
  return { type, values, states, sites };
};

/** The row of the list that each element is in. */
export const rowsOfElements = ({ rowCount, offsets, elements }: ListRows): Uint32Array => {
  const rows = new Uint32Array(elements.rowCount);
  for (let row = 0; row < rowCount; row++) rows.fill(row, offsets[row]!, offsets[row + 1]!);
  return rows;
};

/** Whether an element of each list is equal. @param equal - of each element. */
export const containsElement = (lists: ListRows, value: States, equal: Leaf): Leaf => {
  const { rowCount, offsets } = lists;
  const values = new Uint8Array(rowCount);
  const joined = joinStates([lists, value], rowCount);
  for (let row = 0; row < rowCount; row++) {
    if (stateAt(joined, row) !== 0) continue;
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) values[row]! |= Number(equal.values[at]);
  }
  return { type: "boolean", values, ...joined };
};

/** A vector of values, of which those without a state are null. */
export const vectorOfLeaf = ({ type, values, states }: Leaf): Vector => {
  const rowCount = values.length;
  const validity = states === undefined ? undefined : new Uint8Array(bitmapByteLength(rowCount));
  if (validity !== undefined) for (let row = 0; row < rowCount; row++) if (states![row] === 0) setBit(validity, row);
  if (values instanceof BigInt64Array) return { kind: "wide", type: type as "int64", rowCount, validity, values };
  if (!(values instanceof Uint8Array)) return { kind: "numbers", type: type as "int64", rowCount, validity, values };
  const bits = new Uint8Array(bitmapByteLength(rowCount));
  for (let row = 0; row < rowCount; row++) if (values[row] === 1) setBit(bits, row);
  return { kind: "booleans", rowCount, validity, bits };
};
