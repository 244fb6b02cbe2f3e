import {
  type ColumnLayout,
  encodeBooleans,
  encodeCodes,
  encodeFloat32s,
  encodeFloat64s,
  encodeIntegers,
  encodeLists,
  encodeUtf8,
  type ScalarLayout,
} from "@eau2/serialization";
import { withOneNaN } from "./one-nan.js";
import type { NumberVector, Vector } from "./vector.js";

/**
 * A column of a vector: measured, and in the encoding that costs least. Of coded text the dictionary stays what it is.
 * @remarks The layout may share memory with the vector. Slots of its null rows become zero, which no reader of a vector sees.
 */
export const encodeVector = (vector: Vector): ColumnLayout => {
  const { rowCount } = vector;
  switch (vector.kind) {
    case "column":
      return vector.layout;
    case "numbers":
      return encodeNumbers(vector);
    case "wide":
      return encodeIntegers(vector.type, vector.values, rowCount, vector.validity);
    case "booleans":
      return encodeBooleans(vector.bits, rowCount, vector.validity);
    case "coded": {
      // Codes may be those of a column in place, whose rows are not null where these are.
      const codes = vector.validity === undefined ? vector.codes : vector.codes.slice();
      return encodeCodes(codes, vector.dictionary.count, rowCount, vector.validity);
    }
    case "text":
      return encodeUtf8(vector.offsets, vector.bytes, rowCount, vector.validity);
    case "lists":
      return encodeLists(vector.offsets, encodeVector(vector.elements) as ScalarLayout, rowCount, vector.validity);
    default:
      return vector satisfies never;
  }
};

const encodeNumbers = ({ type, values, rowCount, validity }: NumberVector): ColumnLayout => {
  switch (type) {
    case "float64":
      return encodeFloat64s(
        withOneNaN(values instanceof Float64Array ? values : Float64Array.from(values)),
        rowCount,
        validity,
      );
    case "float32":
      return encodeFloat32s(withOneNaN(Float32Array.from(values)), rowCount, validity);
    default:
      return encodeIntegers(type, values, rowCount, validity);
  }
};
