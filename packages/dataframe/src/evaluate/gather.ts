/** Rows of a vector, in any order and as often as wanted, as a fresh vector. */
import { bitmapByteLength, type ColumnLayout, type Dictionary, isBitSet, setBit, wordsOf } from "@eau2/serialization";
import type { ScalarType } from "../expression/expression.js";
import type { BooleanVector, CodedVector, ListVector, NumberVector, TextVector, Vector } from "../vector/vector.js";
import { isFloatType, SAFE_MAX } from "./operand.js";

/**
 * @param rows - row numbers of `vector`; the first `count` are taken.
 * @returns a vector that shares no buffer of values with `vector`; a dictionary stays.
 */
export const gather = (vector: Vector, rows: Uint32Array, count: number): Vector => {
  switch (vector.kind) {
    case "column":
      return gatherColumn(vector.layout, vector.dictionary, rows, count);
    case "numbers":
      return { ...vector, rowCount: count, validity: gatherValidity(vector.validity, rows, count), values: gatherNumbers(vector.values, rows, count) };
    case "wide": {
      const validity = gatherValidity(vector.validity, rows, count);
      return { ...vector, rowCount: count, validity, values: gatherWide(vector.values, rows, count) };
    }
    case "booleans": {
      const validity = gatherValidity(vector.validity, rows, count);
      return { ...vector, rowCount: count, validity, bits: gatherBits(vector.bits, rows, count) };
    }
    case "coded": {
      const validity = gatherValidity(vector.validity, rows, count);
      return { ...vector, rowCount: count, validity, codes: gatherCodes(vector.codes, rows, count) };
    }
    case "text":
      return gatherText(vector.offsets, vector.bytes, vector.validity, rows, count);
    case "lists":
      return gatherLists(vector, rows, count);
    default:
      return vector satisfies never;
  }
};
