/** Text that leaves its dictionary. */
import { type Dictionary, isBitSet } from "@eau2/serialization";
import type { TextVector, Vector } from "./vector.js";

/** Text row by row; what is plain or constant already comes back as it is. */
export const plainText = (vector: Vector): Vector => {
  if (vector.kind === "coded") return spelled(vector.codes, vector.validity, vector.dictionary, vector.rowCount);
  if (vector.kind !== "column" || vector.layout.type !== "utf8") return vector;
  const { layout, dictionary, rowCount } = vector;
  switch (layout.encoding) {
    case "codes8":
    case "codes16":
    case "codes32":
      return spelled(layout.values, layout.validity, dictionary!, rowCount);
    case "constantCode":
      return spelled(new Uint32Array(rowCount).fill(layout.code), layout.validity, dictionary!, rowCount);
    default:
      return vector;
  }
};

const spelled = (
  codes: Uint8Array | Uint16Array | Uint32Array,
  validity: Uint8Array | undefined,
  dictionary: Dictionary,
  rowCount: number,
): TextVector => {
  const { offsets: from, values: text } = dictionary;
  const offsets = new Uint32Array(rowCount + 1);
  for (let row = 0; row < rowCount; row++) {
    const isValid = validity === undefined || isBitSet(validity, row);
    offsets[row + 1] = offsets[row]! + (isValid ? from[codes[row]! + 1]! - from[codes[row]!]! : 0);
  }
  const bytes = new Uint8Array(offsets[rowCount]!);
  for (let row = 0, to = 0; row < rowCount; row++) {
    if (offsets[row + 1] === offsets[row]) continue;
    for (let at = from[codes[row]!]!, end = from[codes[row]! + 1]!; at < end; at++) bytes[to++] = text[at]!;
  }
  return { kind: "text", rowCount, validity, offsets, bytes };
};
