/** Text while it is computed: a string for every row, found by its position. Bytes are never copied to be read. */
import { bitmapByteLength, type Dictionary, setBit } from "@eau2/serialization";
import type { Vector } from "../../vector/vector.js";
import type { States } from "../leaf.js";
import { STATE_FAILED } from "../loop.js";
import { RowFailure } from "../row-failure.js";

export type Positions = Uint8Array | Uint16Array | Uint32Array;

export interface TextRows extends States {
  readonly rowCount: number;
  /** How many strings there are. */
  readonly count: number;
  /** String `p` is `bytes` from `offsets[p]` up to `offsets[p + 1]`. */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
  /** The string of each row; of rows that are null, or failed, it says nothing. */
  readonly positions: Positions;
  /** Whether strings are in the order of rows, or rows share them by code; or one is that of all rows. */
  readonly form: "rows" | "codes" | "constant";
  /** Of coded text: the strings, as one object for all batches. */
  readonly dictionary: Dictionary | undefined;
  /** Coded: whether no string is there twice. */
  readonly isUnique: boolean;
}

let identity = new Uint32Array(0);
/** 0, 1, 2 and so on: every row has a string of its own. Shared by all, never written to. */
export const ownPositions = (rowCount: number): Uint32Array => {
  if (identity.length < rowCount) identity = Uint32Array.from({ length: Math.max(rowCount, 4096) }, (_, row) => row);
  return identity;
};

let zeros = new Uint8Array(0);
const samePosition = (rowCount: number): Uint8Array => {
  if (zeros.length < rowCount) zeros = new Uint8Array(Math.max(rowCount, 4096));
  return zeros;
};

/** One string for all rows. */
export const constantText = (bytes: Uint8Array, rowCount: number, nulls: Pick<States, "states">): TextRows => ({
  rowCount,
  count: 1,
  offsets: Uint32Array.of(0, bytes.length),
  bytes,
  positions: samePosition(rowCount),
  form: "constant",
  dictionary: undefined,
  isUnique: true,
  states: nulls.states,
  sites: [],
});

/** A string for each row. @param bytes - those of null rows are not read. */
export const rowText = (offsets: Uint32Array, bytes: Uint8Array, rowCount: number, states: States): TextRows => ({
  rowCount,
  count: rowCount,
  offsets,
  bytes,
  positions: ownPositions(rowCount),
  form: "rows",
  dictionary: undefined,
  isUnique: false,
  states: states.states,
  sites: states.sites,
});

/** A byte for each row of a bitmap: 1 where it is null. */
export const statesOf = (validity: Uint8Array | undefined, rowCount: number): Uint8Array | undefined => {
  if (validity === undefined) return undefined;
  const states = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) states[row] = ((validity[row >>> 3]! >>> (row & 7)) & 1) ^ 1;
  return states;
};

const EMPTY = new Uint8Array(0);

/** @param vector - of text. */
export const textOfVector = (vector: Vector): TextRows => {
  const { rowCount } = vector;
  switch (vector.kind) {
    case "text":
      return rowText(vector.offsets, vector.bytes, rowCount, {
        states: statesOf(vector.validity, rowCount),
        sites: [],
      });
    case "coded":
      return codedText(vector.dictionary, vector.codes, vector.isUnique, rowCount, statesOf(vector.validity, rowCount));
    case "column": {
      const { layout, dictionary } = vector;
      if (layout.encoding === "null")
        return constantText(EMPTY, rowCount, { states: new Uint8Array(rowCount).fill(1) });
      if (layout.type !== "utf8") break;
      const states = statesOf(layout.validity, rowCount);
      if (layout.encoding === "plain") return rowText(layout.offsets, layout.values, rowCount, { states, sites: [] });
      if (layout.encoding === "constant") return constantText(layout.values, rowCount, { states });
      if (dictionary === undefined) throw new Error("invariant: a column of codes comes with its dictionary");
      if (layout.encoding !== "constantCode") return codedText(dictionary, layout.values, true, rowCount, states);
      const { offsets, values } = dictionary;
      const bytes = values.subarray(offsets[layout.code], offsets[layout.code + 1]);
      return constantText(bytes, rowCount, { states });
    }
  }
  throw new Error(`invariant: ${vector.kind} is no text`);
};

const codedText = (
  dictionary: Dictionary,
  positions: Positions,
  isUnique: boolean,
  rowCount: number,
  states: Uint8Array | undefined,
): TextRows => {
  const { count, offsets, values } = dictionary;
  return { rowCount, count, offsets, bytes: values, positions, form: "codes", dictionary, isUnique, states, sites: [] };
};

/** @throws {@link RowFailure} for the first row that failed. */
export const validityOf = ({ states, sites }: States, rowCount: number): Uint8Array | undefined => {
  if (states === undefined) return undefined;
  const validity = new Uint8Array(bitmapByteLength(rowCount));
  let nulls = 0;
  for (let row = 0; row < rowCount; row++) {
    const state = states[row]!;
    if (state === 0) setBit(validity, row);
    else if (state === 1) nulls++;
    else throw new RowFailure(sites[Math.min(state - STATE_FAILED, sites.length - 1)]!, row);
  }
  return nulls === 0 ? undefined : validity;
};

/** @throws as {@link validityOf}. */
export const vectorOfText = (text: TextRows): Vector => {
  const { rowCount, offsets, bytes, positions, count, isUnique } = text;
  const validity = validityOf(text, rowCount);
  if (text.form === "rows") return { kind: "text", rowCount, validity, offsets, bytes };
  const dictionary = text.dictionary ?? { count, offsets, values: bytes };
  return { kind: "coded", rowCount, validity, codes: positions.subarray(0, rowCount), dictionary, isUnique };
};
