/** Columns of lists of the greatest or least values. */
import { bitmapByteLength, type ColumnLayout, encodeLists, type ScalarLayout, setBit } from "@eau2/serialization";
import { encodeValues } from "./encode-values.js";
import type { OutputParts } from "./finish-output.js";
import type { GroupOutput } from "./output.js";

/** Lists from their lengths and items, as numbers; text as codes. What would be empty is null: there was no value. */
export const encodeNumberLists = (
  type: Parameters<typeof encodeValues>[0],
  offsets: Uint32Array,
  items: Float64Array | BigInt64Array,
  dictionarySize: number,
): ColumnLayout => {
  const rowCount = offsets.length - 1;
  const validity = new Uint8Array(bitmapByteLength(rowCount));
  for (let row = 0; row < rowCount; row++) if (offsets[row + 1]! > offsets[row]!) setBit(validity, row);
  return encodeLists(offsets, encodeValues(type, items, undefined, dictionarySize) as ScalarLayout, rowCount, validity);
};

/** From states that hold a few values each. */
export const listColumn = (
  output: Extract<GroupOutput, { kind: "list" }>,
  column: number,
  order: Uint32Array,
  { layout, found: { states }, codesOfRanks, dictionarySizes }: OutputParts,
): ColumnLayout => {
  const start = layout.starts[output.of]!;
  const codes = output.ranksOf === null ? undefined : codesOfRanks.get(output.ranksOf);
  const offsets = new Uint32Array(order.length + 1);
  for (let row = 0; row < order.length; row++)
    offsets[row + 1] = offsets[row]! + states[order[row]! * layout.stride + start]!;
  const items = new Float64Array(offsets[order.length]!);
  for (let row = 0, to = 0; row < order.length; row++) {
    const at = order[row]! * layout.stride + start;
    for (let index = 1; index <= states[at]!; index++) {
      const value = states[at + index]!;
      items[to++] = codes === undefined ? value : codes[value]!;
    }
  }
  return encodeNumberLists(output.type, offsets, items, dictionarySizes[column]!);
};
