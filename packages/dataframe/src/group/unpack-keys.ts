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

/** Where the number of a small field comes from. */
type ReadNumber = (group: number) => number;

const numberReader = (
  { fields, combinations }: KeyLayout,
  words: readonly Uint32Array[],
  index: number,
): ReadNumber => {
  const placed = fields[index]!;
  if (isDirect(combinations)) {
    const [indices] = words as readonly [Uint32Array];
    const stride = fields.slice(0, index).reduce((product, { field }) => product * fieldCount(field), 1);
    const count = fieldCount(placed.field);
    return (group) => Math.floor(indices[group]! / stride) % count;
  }
  const word = words[placed.word]!;
  const { shift, width } = placed;
  if (width === 32) return (group) => word[group]!;
  const mask = 2 ** width - 1;
  return (group) => (word[group]! >>> shift) & mask;
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
    const read = numberReader(layout, words, index);
    const values = new Float64Array(count);
    const validity = field.isNullable ? new Uint8Array(bitmapByteLength(count)) : undefined;
    const base = field.min - (field.isNullable ? 1 : 0);
    for (let row = 0; row < count; row++) {
      const number = read(order[row]!);
      if (validity === undefined) values[row] = number + base;
      else if (number > 0) {
        values[row] = number + base;
        setBit(validity, row);
      }
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
