/**
 * What tasks of a group-by send to those that finish a partition: a head of 32 bytes, then arrays that begin at multiples of
 * 8, little-endian. States: groups as far as they were gathered. Rows: what the groups are to be made of.
 *
 *   0 u32 magic   4 u32 kind   8 u32 count   12 u32 words of a key   16 u32 slots of a state, or inputs   20..31: 0
 *   states: words (count each), first rows (f64), states (f64)
 *   rows:   8 bytes an input (array kind, whether it may be null), words, row numbers (f64), each input's values and, where it may
 *           be null, a byte a row
 */
import { Eau2Error } from "@eau2/protocol";
import type { RowInput } from "./group-spec.js";
import type { GroupsFound } from "./group-states.js";

const MAGIC = 0x6b627267;
const HEAD_BYTES = 32;
const KIND_STATES = 1;
const KIND_ROWS = 2;

export const ROW_ARRAYS = [
  "Int8Array",
  "Uint8Array",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float64Array",
] as const;
export type RowArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float64Array;

const CONSTRUCTORS = { Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float64Array };

export interface RowsBlock {
  readonly kind: "rows";
  readonly count: number;
  readonly words: readonly Uint32Array[];
  readonly rows: Float64Array;
  readonly inputs: readonly {
    readonly values: RowArray;
    readonly isWide: boolean;
    readonly isValid: Uint8Array | undefined;
  }[];
}

export type GroupBlock = ({ readonly kind: "states" } & GroupsFound) | RowsBlock;

const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Gives out arrays one behind another. */
class Cursor {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  take<T>(
    Type: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBufferLike, offset: number, length: number): T },
    length: number,
  ): T {
    const { at, bytes } = this;
    this.at += aligned(length * Type.BYTES_PER_ELEMENT);
    if (this.at > bytes.length) throw damaged(bytes.length);
    return new Type(bytes.buffer, bytes.byteOffset + at, length);
  }
}

const damaged = (bytes: number): Eau2Error =>
  new Eau2Error("DATA_INVALID", `a block of groups of ${bytes} bytes is damaged; run the query again`, { bytes });

const writeHead = (into: Uint8Array, kind: number, count: number, wordCount: number, last: number): void => {
  const head = new Uint32Array(into.buffer, into.byteOffset, HEAD_BYTES / 4);
  head.fill(0);
  head.set([MAGIC, kind, count, wordCount, last]);
};

export const statesBlockBytes = (count: number, wordCount: number, stride: number): number =>
  HEAD_BYTES + wordCount * aligned(count * 4) + count * 8 + count * stride * 8;

/** Writes the groups at `picked` of those found, in that order. */
export const writeStates = (found: GroupsFound, picked: Uint32Array, stride: number, into: Uint8Array): void => {
  const count = picked.length;
  writeHead(into, KIND_STATES, count, found.words.length, stride);
  const cursor = new Cursor(into, HEAD_BYTES);
  for (const words of found.words) {
    const out = cursor.take(Uint32Array, count);
    for (let index = 0; index < count; index++) out[index] = words[picked[index]!]!;
  }
  const firstRows = cursor.take(Float64Array, count);
  for (let index = 0; index < count; index++) firstRows[index] = found.firstRows[picked[index]!]!;
  const states = cursor.take(Float64Array, count * stride);
  for (let index = 0, to = 0; index < count; index++) {
    for (let at = picked[index]! * stride, end = at + stride; at < end; at++) states[to++] = found.states[at]!;
  }
};

const INPUT_BYTES = 8;
const FLAG_WIDE = 1;
const FLAG_VALIDITY = 2;

const bytesOfInput = ({ array, isWide, hasValidity }: RowInput, count: number): number =>
  aligned(count * CONSTRUCTORS[array].BYTES_PER_ELEMENT * (isWide ? 2 : 1)) + (hasValidity ? aligned(count) : 0);

export const rowsBlockBytes = (count: number, wordCount: number, inputs: readonly RowInput[]): number =>
  HEAD_BYTES +
  inputs.length * INPUT_BYTES +
  wordCount * aligned(count * 4) +
  count * 8 +
  inputs.reduce((sum, input) => sum + bytesOfInput(input, count), 0);

/** Lays out a block of rows; whoever gets it fills its arrays. */
export const layRows = (count: number, wordCount: number, inputs: readonly RowInput[], into: Uint8Array): RowsBlock => {
  writeHead(into, KIND_ROWS, count, wordCount, inputs.length);
  inputs.forEach(({ array, isWide, hasValidity }, index) => {
    into.fill(0, HEAD_BYTES + index * INPUT_BYTES, HEAD_BYTES + (index + 1) * INPUT_BYTES);
    into[HEAD_BYTES + index * INPUT_BYTES] = ROW_ARRAYS.indexOf(array);
    into[HEAD_BYTES + index * INPUT_BYTES + 1] = (isWide ? FLAG_WIDE : 0) | (hasValidity ? FLAG_VALIDITY : 0);
  });
  return rowsAt(into, count, wordCount, inputs);
};

const rowsAt = (bytes: Uint8Array, count: number, wordCount: number, inputs: readonly RowInput[]): RowsBlock => {
  const cursor = new Cursor(bytes, HEAD_BYTES + inputs.length * INPUT_BYTES);
  const words = Array.from({ length: wordCount }, () => cursor.take(Uint32Array, count));
  const rows = cursor.take(Float64Array, count);
  const arrays = inputs.map(({ array, isWide, hasValidity }) => ({
    values: cursor.take<RowArray>(CONSTRUCTORS[array], count * (isWide ? 2 : 1)),
    isWide,
    isValid: hasValidity ? cursor.take(Uint8Array, count) : undefined,
  }));
  return { kind: "rows", count, words, rows, inputs: arrays };
};

/** @throws {@link Eau2Error} `DATA_INVALID` */
export const readGroupBlock = (bytes: Uint8Array): GroupBlock => {
  if (bytes.length < HEAD_BYTES) throw damaged(bytes.length);
  const [magic, kind, count = 0, wordCount = 0, last = 0] = new Uint32Array(
    bytes.buffer,
    bytes.byteOffset,
    HEAD_BYTES / 4,
  );
  if (magic !== MAGIC) throw damaged(bytes.length);
  if (kind === KIND_STATES) {
    const cursor = new Cursor(bytes, HEAD_BYTES);
    const words = Array.from({ length: wordCount }, () => cursor.take(Uint32Array, count));
    const firstRows = cursor.take(Float64Array, count);
    return { kind: "states", groupCount: count, words, firstRows, states: cursor.take(Float64Array, count * last) };
  }
  if (kind !== KIND_ROWS || HEAD_BYTES + last * INPUT_BYTES > bytes.length) throw damaged(bytes.length);
  const inputs = Array.from({ length: last }, (_, index): RowInput => {
    const array = ROW_ARRAYS[bytes[HEAD_BYTES + index * INPUT_BYTES]!];
    const flags = bytes[HEAD_BYTES + index * INPUT_BYTES + 1]!;
    if (array === undefined) throw damaged(bytes.length);
    return { array, isWide: (flags & FLAG_WIDE) !== 0, hasValidity: (flags & FLAG_VALIDITY) !== 0 };
  });
  return rowsAt(bytes, count, wordCount, inputs);
};
