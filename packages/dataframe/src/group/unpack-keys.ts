/** The values of key columns from the words of groups. */
import { bitmapByteLength, setBit } from "@eau2/serialization";
import { isDirect } from "./group-spec.js";
import { fieldCount, type KeyLayout } from "./key-layout.js";

/** Values of a key for groups in some order. `wide`: 64-bit integers. */
export interface KeyValues {
  readonly values: Float64Array | BigInt64Array;
  /** Undefined where all have a value. */
  readonly validity: Uint8Array | undefined;
}

/** The numbers of a small field, from 0. */
const smallNumbers = (
  { fields, combinations }: KeyLayout,
  words: readonly Uint32Array[],
  index: number,
  order: Uint32Array,
  into: Float64Array,
): void => {
  const placed = fields[index]!;
  if (isDirect(combinations)) {
    const stride = fields.slice(0, index).reduce((product, { field }) => product * fieldCount(field), 1);
    fromIndices(words[0]!, order, stride, fieldCount(placed.field), into);
    return;
  }
  const { shift, width } = placed;
  fromBits(words[placed.word]!, order, shift, width === 32 ? 0xffff_ffff : 2 ** width - 1, into);
};

const fromIndices = (indices: Uint32Array, order: Uint32Array, stride: number, count: number, into: Float64Array) => {
  for (let row = 0; row < order.length; row++) into[row] = Math.floor(indices[order[row]!]! / stride) % count;
};

const fromBits = (word: Uint32Array, order: Uint32Array, shift: number, mask: number, into: Float64Array): void => {
  for (let row = 0; row < order.length; row++) into[row] = ((word[order[row]!]! >>> shift) & mask) >>> 0;
};

const add = (values: Float64Array, base: number): void => {
  for (let row = 0; row < values.length; row++) values[row]! += base;
};

/** @param order - positions of the groups among `words`. */
export const unpackKey = (
  layout: KeyLayout,
  words: readonly Uint32Array[],
  index: number,
  order: Uint32Array,
): KeyValues => {
  const placed = layout.fields[index]!;
  const { field } = placed;
  const count = order.length;
  if (field.kind === "small") {
    const values = new Float64Array(count);
    smallNumbers(layout, words, index, order, values);
    if (!field.isNullable) {
      if (field.min !== 0) add(values, field.min);
      return { values, validity: undefined };
    }
    const validity = new Uint8Array(bitmapByteLength(count));
    for (let row = 0; row < count; row++) {
      const number = values[row]!;
      if (number > 0) setBit(validity, row);
      values[row] = number > 0 ? number - 1 + field.min : 0;
    }
    return { values, validity };
  }
  const [low, high] = [words[placed.word]!, words[placed.word + 1]!];
  const halves = new Uint32Array(count * 2);
  const { presence } = placed;
  const validity = presence === undefined ? undefined : new Uint8Array(bitmapByteLength(count));
  for (let row = 0; row < count; row++) {
    const group = order[row]!;
    halves[row * 2] = low[group]!;
    halves[row * 2 + 1] = high[group]!;
    if (presence !== undefined && ((words[presence.word]![group]! >>> presence.shift) & 1) !== 0)
      setBit(validity!, row);
  }
  const values = field.kind === "float" ? new Float64Array(halves.buffer) : new BigInt64Array(halves.buffer);
  return { values, validity };
};
