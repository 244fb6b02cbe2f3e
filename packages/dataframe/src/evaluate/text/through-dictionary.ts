import type { Dictionary } from "@eau2/serialization";
import type { CodedRows } from "../leaf.js";
import { type Positions, statesOf, type TextRows } from "./text-rows.js";

const dictionaries = new WeakMap<TextRows, Dictionary>();

/** The strings of a text as a dictionary: the same object every time, so that what is found out about it is found again. */
const dictionaryOf = (text: TextRows): Dictionary => {
  let dictionary = dictionaries.get(text);
  if (dictionary === undefined) {
    const { count, offsets, bytes } = text;
    dictionary = { count, offsets, values: bytes };
    dictionaries.set(text, dictionary);
  }
  return dictionary;
};

/**
 * The text of rows, from what the strings of their dictionary become.
 * @param text - a row for each string, and one for null.
 */
export const throughDictionary = (text: TextRows, rows: CodedRows, rowCount: number): TextRows => {
  const { codes, validity, nullPosition } = rows;
  const isOwn = text.form === "rows";
  const dictionary = text.dictionary ?? dictionaryOf(text);
  const shared = { ...text, dictionary, rowCount, form: "codes", isUnique: false } as const;
  const hasStates = text.states?.subarray(0, nullPosition).some((state) => state !== 0) === true;
  const isNullKept = validity === undefined || text.states?.[nullPosition] === 1;
  if (isOwn && !hasStates && isNullKept) {
    return { ...shared, positions: codes, states: statesOf(validity, rowCount) };
  }
  const positions: Positions = new Uint32Array(rowCount);
  const states = text.states === undefined ? undefined : new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const isNull = validity !== undefined && ((validity[row >>> 3]! >>> (row & 7)) & 1) === 0;
    const at = isNull ? nullPosition : codes[row]!;
    positions[row] = text.positions[at]!;
    if (states !== undefined) states[row] = text.states![at]!;
  }
  return { ...shared, positions, states };
};
