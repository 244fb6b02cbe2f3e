/** Reading a row of a vector, whatever its encoding: chosen here, once a batch. */
import { type ColumnLayout, wordsOf } from "@eau2/serialization";
import type { ScalarType } from "../expression/expression.js";
import type { Vector } from "../vector/vector.js";
import type { Loop } from "./loop.js";
import {
  bigintOperand,
  booleanOperand,
  floatOperand,
  integerOperand,
  isFloatType,
  nullOperand,
  type Operand,
  SAFE_MAX,
} from "./operand.js";

type OperandType = Operand["type"];

/** 1 where bit `i` of `bitmap` is 0. */
export const emitIsNull = (loop: Loop, validity: Uint8Array | undefined): string | undefined =>
  validity === undefined ? undefined : loop.load(`(${loop.array(validity)}[i >>> 3] >>> (i & 7) & 1) ^ 1`);

/** Whether a vector of any type is null. */
export const emitVectorIsNull = (loop: Loop, vector: Vector): string | undefined => {
  if (vector.kind !== "column") return emitIsNull(loop, vector.validity);
  return vector.layout.encoding === "null" ? "1" : emitIsNull(loop, vector.layout.validity);
};

const bitAt = (loop: Loop, bits: Uint8Array): string => `${loop.array(bits)}[i >>> 3] >>> (i & 7) & 1`;

/** @throws an invariant for text and lists, which loops read through leaves. */
export const emitColumn = (loop: Loop, vector: Vector): Operand => {
  switch (vector.kind) {
    case "column":
      return emitLayout(loop, vector.layout);
    case "numbers": {
      const { type, values } = vector;
      const isNull = emitIsNull(loop, vector.validity);
      const value = loop.load(`${loop.array(values)}[i]`);
      if (isFloatType(type)) return { ...floatOperand(value, isNull), type };
      if (values instanceof Int32Array) return integerOperand(value, isNull, -(2 ** 31), 2 ** 31 - 1, type);
      return integerOperand(value, isNull, -(2 ** 53), 2 ** 53, type);
    }
    case "wide": {
      const isNull = emitIsNull(loop, vector.validity);
      return bigintOperand(loop.load(`${loop.array(vector.values)}[i]`), isNull, vector.type);
    }
    case "booleans": {
      const isNull = emitIsNull(loop, vector.validity);
      const bit = bitAt(loop, vector.bits);
      return booleanOperand(loop.load(isNull === undefined ? bit : `${bit} & (${isNull} ^ 1)`), isNull);
    }
    default:
      throw new Error(`invariant: a loop does not read ${vector.kind}`);
  }
};

const emitLayout = (loop: Loop, layout: ColumnLayout): Operand => {
  if (layout.encoding === "null") return nullOperand(layout.type as OperandType);
  const isNull = emitIsNull(loop, layout.validity);
  switch (layout.type) {
    case "boolean":
      // Slots of null rows are zero in a layout.
      if (layout.encoding === "bits") return booleanOperand(loop.load(bitAt(loop, layout.values)), isNull);
      return layout.value
        ? booleanOperand(isNull === undefined ? "1" : loop.load(`${isNull} ^ 1`), isNull)
        : booleanOperand("0", isNull);
    case "float32":
    case "float64": {
      const { max } = layout.statistics;
      const mayBeNaN = max === undefined || Number.isNaN(max);
      const value =
        layout.encoding === "constant"
          ? loop.parameter("k", layout.values[0]!)
          : loop.load(`${loop.array(layout.values)}[i]`);
      return { ...floatOperand(value, isNull, mayBeNaN), type: layout.type };
    }
    case "utf8":
    case "list":
      throw new Error("invariant: a loop reads neither text nor lists");
    default: {
      const integerType = layout.type;
      if (layout.encoding === "constant") return constantInteger(loop, layout.value, isNull, integerType);
      const min = Number(layout.statistics.min ?? -(2n ** 63n));
      const max = Number(layout.statistics.max ?? 2n ** 63n - 1n);
      const isSafe = min >= -SAFE_MAX && max <= SAFE_MAX;
      if (layout.encoding === "int64") {
        if (!isSafe) return bigintOperand(loop.load(`${loop.array(layout.values)}[i]`), isNull, integerType);
        const words = loop.parameter("Int32Array", wordsOf(layout.values));
        const value = loop.load(`${words}[2 * i + 1] * 4294967296 + (${words}[2 * i] >>> 0)`);
        return integerOperand(value, isNull, min, max, integerType);
      }
      const stored = `${loop.array(layout.values)}[i]`;
      if (layout.offset === 0n) return integerOperand(loop.load(stored), isNull, min, max, integerType);
      // The offset lies between min and max.
      if (isSafe) {
        const value = loop.load(`${stored} + ${loop.parameter("k", Number(layout.offset))}`);
        return integerOperand(value, isNull, min, max, integerType);
      }
      return bigintOperand(loop.load(`BigInt(${stored}) + ${loop.parameter("g", layout.offset)}`), isNull, integerType);
    }
  }
};

/** An integer that is the same in every row that is not null. */
export const constantInteger = (loop: Loop, value: bigint, isNull: string | undefined, type: ScalarType): Operand => {
  const number = Number(value);
  if (Math.abs(number) <= SAFE_MAX) {
    return integerOperand(loop.parameter("k", number), isNull, number, number, type as OperandType);
  }
  return bigintOperand(loop.parameter("g", value), isNull, type as OperandType);
};
