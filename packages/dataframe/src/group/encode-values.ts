/** Values that were computed, as a column of a type. */
import {
  bitmapByteLength,
  type ColumnLayout,
  encodeBooleans,
  encodeCodes,
  encodeFloat32s,
  encodeFloat64s,
  encodeIntegers,
  setBit,
} from "@eau2/serialization";
import type { ScalarType } from "../expression/expression.js";
import { withOneNaN } from "../vector/one-nan.js";

/**
 * @param values - numbers: booleans as 0 and 1, text as codes.
 * @param dictionarySize - for text.
 */
export const encodeValues = (
  type: ScalarType,
  values: Float64Array | BigInt64Array,
  validity: Uint8Array | undefined,
  dictionarySize: number,
): ColumnLayout => {
  const count = values.length;
  switch (type) {
    case "boolean": {
      const bits = new Uint8Array(bitmapByteLength(count));
      for (let row = 0; row < count; row++) if (values[row] === 1) setBit(bits, row);
      return encodeBooleans(bits, count, validity);
    }
    case "utf8":
      return encodeCodes(Uint32Array.from(values as Float64Array), dictionarySize, count, validity);
    case "float32":
      return encodeFloat32s(withOneNaN(Float32Array.from(values as Float64Array)), count, validity);
    case "float64":
      return encodeFloat64s(withOneNaN(values as Float64Array), count, validity);
    default:
      return encodeIntegers(type, values, count, validity);
  }
};
