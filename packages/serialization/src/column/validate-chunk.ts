import { areAllSet, areNullSlotsClear, countSetBits, isBitSet } from "./bitmap.js";
import { measureBits } from "./boolean-statistics.js";
import { constantCodeStatistics, measureCodes } from "./code-statistics.js";
import type {
  BooleanLayout,
  ChunkLayout,
  ColumnLayout,
  FloatLayout,
  IntegerLayout,
  ListLayout,
  Order,
  Statistics,
  Utf8Layout,
} from "./column-types.js";
import { areBytesEqual } from "./compare-bytes.js";
import { dataInvalid } from "./data-invalid.js";
import { measureFloats } from "./float-statistics.js";
import { wordsOf } from "./int64-words.js";
import { isInsideType } from "./integer-ranges.js";
import {
  constantIntegerStatistics,
  measureIntegers,
  measureWords,
  NO_STATISTICS,
  UNKNOWN_STATISTICS,
} from "./integer-statistics.js";
import { lowerTextBound, measureUtf8, upperTextBound } from "./utf8-statistics.js";

type Bound = boolean | bigint | number | Uint8Array;

/** Makes the error for a column that is not what its record says. */
type Invalid = (why: string) => Error;

/**
 * Check what decoding leaves out because it costs passes over the rows, for bytes that another party made: null counts,
 * empty null slots, ascending text offsets, codes inside their dictionary, values inside their type, and that every
 * statistic that is claimed is true. After it, all readers and kernels may trust the chunk.
 * @param chunk - what `decodeChunk` gave.
 * @param dictionarySizes - for each column the entries of its decoded dictionary, for lists that of their items; undefined where the frame has none.
 * @throws {@link Eau2Error} `DATA_INVALID` naming the column.
 * @remarks Scratch: a bit for each entry of the largest dictionary.
 */
export const validateChunk = (chunk: ChunkLayout, dictionarySizes: readonly (number | undefined)[]): void => {
  for (const [index, column] of chunk.columns.entries()) {
    const invalid: Invalid = (why) =>
      dataInvalid(`a chunk of ${chunk.rowCount} rows, column ${index}`, why, { column: index });
    validateColumn(column, dictionarySizes[index], invalid);
  }
};

const validateColumn = (column: ColumnLayout, dictionarySize: number | undefined, invalid: Invalid): void => {
  if (column.validity !== undefined) {
    const nullCount = column.rowCount - countSetBits(column.validity, column.rowCount);
    if (nullCount !== column.nullCount) throw invalid(`${nullCount} rows are null, not ${column.nullCount}`);
  }
  if (column.encoding !== "null") claim(column.statistics, measure(column, dictionarySize, invalid), invalid);
};

const measure = (column: ColumnLayout, dictionarySize: number | undefined, invalid: Invalid): Statistics<Bound> => {
  switch (column.type) {
    case "list":
      return listStatistics(column, dictionarySize, invalid);
    case "boolean":
      return booleanStatistics(column, invalid);
    case "float32":
    case "float64":
      return floatStatistics(column, invalid);
    case "utf8":
      return utf8Statistics(column, dictionarySize, invalid);
    default:
      return integerStatistics(column, invalid);
  }
};

/** The order of equal values: constant, unless a null stands before one of them. */
const constantOrder = ({ validity, rowCount, nullCount }: ColumnLayout): Order =>
  validity === undefined || areAllSet(validity, rowCount - nullCount) ? "constant" : "none";

const expectClear = (column: ColumnLayout, values: ArrayBufferView, bytesPerRow: number, invalid: Invalid): void => {
  if (column.validity === undefined) return;
  if (areNullSlotsClear(values, bytesPerRow, column.validity, column.rowCount)) return;
  throw invalid("the slot of a null row is not 0");
};

const expectOffsets = (offsets: Uint32Array, { rowCount, validity }: ColumnLayout, invalid: Invalid): void => {
  for (let row = 0; row < rowCount; row++) {
    if (offsets[row + 1]! < offsets[row]!) throw invalid(`the offsets of row ${row} descend`);
    if (validity !== undefined && offsets[row + 1] !== offsets[row] && !isBitSet(validity, row)) {
      throw invalid(`row ${row} is null but has values`);
    }
  }
};

const listStatistics = (
  column: ListLayout,
  dictionarySize: number | undefined,
  invalid: Invalid,
): Statistics<never> => {
  if (column.encoding === "null") return NO_STATISTICS;
  expectOffsets(column.offsets, column, invalid);
  validateColumn(column.items, dictionarySize, (why) => invalid(`its items: ${why}`));
  return UNKNOWN_STATISTICS;
};

const booleanStatistics = (column: BooleanLayout, invalid: Invalid): Statistics<boolean> => {
  if (column.encoding === "null") return NO_STATISTICS;
  if (column.encoding === "constant") {
    const { value } = column;
    return { ...UNKNOWN_STATISTICS, order: constantOrder(column), min: value, max: value, distinctCount: 1 };
  }
  const { values, validity, rowCount, nullCount } = column;
  if (validity?.some((valid, at) => (values[at]! & ~valid) !== 0)) throw invalid("the slot of a null row is not 0");
  return measureBits(values, rowCount, nullCount, validity).statistics;
};

const integerStatistics = (column: IntegerLayout, invalid: Invalid): Statistics<bigint> => {
  if (column.encoding === "null") return NO_STATISTICS;
  if (column.encoding === "constant") return constantIntegerStatistics(column.value, constantOrder(column));
  const { values, validity, rowCount, nullCount, offset } = column;
  expectClear(column, values, values.BYTES_PER_ELEMENT, invalid);
  const { statistics } =
    values instanceof BigInt64Array
      ? measureWords(wordsOf(values), rowCount, nullCount, validity)
      : measureIntegers(values, offset, rowCount, nullCount, validity);
  if (!isInsideType(column.type, statistics.min, statistics.max)) {
    throw invalid(`values from ${statistics.min} to ${statistics.max} are outside ${column.type}`);
  }
  return statistics;
};

const floatStatistics = (column: FloatLayout, invalid: Invalid): Statistics<number> => {
  if (column.encoding === "null") return NO_STATISTICS;
  if (column.encoding === "constant") {
    return { ...measureFloats(column.values, 1, 0, undefined).statistics, order: constantOrder(column) };
  }
  expectClear(column, column.values, column.values.BYTES_PER_ELEMENT, invalid);
  return measureFloats(column.values, column.rowCount, column.nullCount, column.validity).statistics;
};

const utf8Statistics = (
  column: Utf8Layout,
  dictionarySize: number | undefined,
  invalid: Invalid,
): Statistics<Uint8Array> => {
  const { rowCount, nullCount, validity } = column;
  switch (column.encoding) {
    case "null":
      return NO_STATISTICS;
    case "constant": {
      const [min, max] = [lowerTextBound(column.values), upperTextBound(column.values)];
      return { ...UNKNOWN_STATISTICS, order: constantOrder(column), min, max, distinctCount: 1 };
    }
    case "plain": {
      const { offsets, values } = column;
      expectOffsets(offsets, column, invalid);
      return measureUtf8(offsets, values, rowCount, nullCount, validity).statistics;
    }
    default: {
      if (dictionarySize === undefined) throw invalid("it has codes but its frame has no dictionary for it");
      if (column.encoding === "constantCode") {
        if (column.code >= dictionarySize) throw invalid(`code ${column.code} is not below ${dictionarySize}`);
        return constantCodeStatistics(constantOrder(column));
      }
      expectClear(column, column.values, column.values.BYTES_PER_ELEMENT, invalid);
      const measured = measureCodes(column.values, dictionarySize, rowCount, nullCount, validity);
      if (measured === undefined) throw invalid(`a code is not below ${dictionarySize}`);
      return measured.statistics;
    }
  }
};

/** Whether a statistic is left open or is what was measured. */
const isTrue = (claimed: Bound | undefined, measured: Bound | undefined): boolean => {
  if (claimed === undefined || Object.is(claimed, measured)) return true;
  return claimed instanceof Uint8Array && measured instanceof Uint8Array && areBytesEqual(claimed, measured);
};

const claim = (claimed: Statistics<Bound>, measured: Statistics<Bound>, invalid: Invalid): void => {
  const isOrderTrue =
    claimed.order === "none" ||
    claimed.order === measured.order ||
    (measured.order === "constant" && claimed.order !== "constant");
  if (!isOrderTrue) throw invalid(`its order is ${measured.order}, not ${claimed.order}`);
  if (!isTrue(claimed.min, measured.min)) throw invalid("its min is not the least value");
  if (!isTrue(claimed.max, measured.max)) throw invalid("its max is not the greatest value");
  if (!isTrue(claimed.magnitude, measured.magnitude)) throw invalid("its magnitude is not the largest one");
  if (!isTrue(claimed.smallest, measured.smallest)) throw invalid("its smallest magnitude is not the smallest one");
  // A distinct count that was not measured here cannot be checked; planners treat it as an estimate.
  if (measured.distinctCount !== undefined && !isTrue(claimed.distinctCount, measured.distinctCount)) {
    throw invalid(`it has ${measured.distinctCount} distinct values, not ${claimed.distinctCount}`);
  }
};
