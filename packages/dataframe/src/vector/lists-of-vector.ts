import { bitmapByteLength } from "@eau2/serialization";
import { elementOf, isList } from "../expression/value-types.js";
import { emptyVector } from "./empty-vector.js";
import { typeOfVector } from "./type-of-vector.js";
import type { ListVector, Vector } from "./vector.js";

/** The lists of a column or of a result, in place. */
export const listsOfVector = (vector: Vector): ListVector => {
  if (vector.kind === "lists") return vector;
  if (vector.kind !== "column" || vector.layout.type !== "list") {
    throw new Error(`invariant: ${vector.kind} has no lists`);
  }
  const { layout, dictionary, rowCount } = vector;
  if (layout.encoding === "null") {
    const type = typeOfVector(vector);
    const elements = emptyVector(isList(type) ? elementOf(type) : "boolean");
    const validity = new Uint8Array(bitmapByteLength(rowCount));
    return { kind: "lists", rowCount, validity, offsets: new Uint32Array(rowCount + 1), elements };
  }
  const { offsets, items, validity } = layout;
  const elements: Vector = { kind: "column", rowCount: items.rowCount, layout: items, dictionary };
  return { kind: "lists", rowCount, validity, offsets, elements };
};
