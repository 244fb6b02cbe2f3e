/** How to read one row of a layout: the way is chosen here, once a column, so that reading a row does not choose again. */
import {
  bigintOfWords,
  type ColumnLayout,
  type Dictionary,
  type FloatLayout,
  type IntegerLayout,
  isBitSet,
  type ListLayout,
  type ScalarLayout,
  type Utf8Layout,
  wordsOf,
} from "@eau2/serialization";
import { dateOfDays, dateOfMicros } from "../calendar/dates.js";
import { decodeText } from "./decode-text.js";
import { INT64_NUMBER_MAX, numberOfInt64 } from "./int64-number.js";

export type ScalarValue = number | bigint | string | boolean | Date;
/** A value as programs see it: int64 as a number, dates and timestamps as dates, or all three as bigints; lists as arrays. */
export type CellValue = ScalarValue | readonly (ScalarValue | null)[];

/** Reads a row that is inside the column and not null. */
export type ReadRow<Value> = (row: number) => Value;

export const nullReader = ({ encoding, validity }: ColumnLayout): ReadRow<boolean> => {
  if (encoding === "null") return () => true;
  return validity === undefined ? () => false : (row) => !isBitSet(validity, row);
};

const noValue = (): never => {
  throw new Error("invariant: a column of nulls has no value to read");
};

export const bigintReader = (layout: IntegerLayout): ReadRow<bigint> => {
  switch (layout.encoding) {
    case "null":
      return noValue;
    case "constant": {
      const { value } = layout;
      return () => value;
    }
    case "int64": {
      const words = wordsOf(layout.values);
      return (row) => bigintOfWords(words[row * 2]!, words[row * 2 + 1]!);
    }
    default: {
      const { offset, values } = layout;
      return (row) => offset + BigInt(values[row]!);
    }
  }
};

const WORD = 2 ** 32;

/** Says what is read, for errors. */
type Where = (row: number) => string;

/** The numbers of a numeric column: days and microseconds as they are stored. @param where - what a row is called in errors. */
export const numberReader = (layout: IntegerLayout | FloatLayout, where: Where): ReadRow<number> =>
  layout.type === "float32" || layout.type === "float64" ? floatReader(layout) : integerReader(layout, where);

const floatReader = (layout: FloatLayout): ReadRow<number> => {
  if (layout.encoding === "null") return noValue;
  const { values } = layout;
  return layout.encoding === "constant" ? () => values[0]! : (row) => values[row]!;
};

const integerReader = (layout: IntegerLayout, where: Where): ReadRow<number> => {
  const readBigint = bigintReader(layout);
  const checked: ReadRow<number> = (row) => numberOfInt64(readBigint(row), where(row));
  if (layout.encoding === "null" || layout.encoding === "constant") return checked;
  if (layout.encoding === "int64") {
    const words = wordsOf(layout.values);
    const highMax = INT64_NUMBER_MAX / WORD;
    return (row) => {
      const high = words[row * 2 + 1]!;
      // From -2^53 up to 2^53 - 1; the one that is left, and what is too large, take the slow way.
      return high >= -highMax && high < highMax ? high * WORD + (words[row * 2]! >>> 0) : checked(row);
    };
  }
  const { values } = layout;
  const offset = Number(layout.offset);
  // Stored values have at most 32 bits: far enough from 2^53 their sums are exact.
  if (Math.abs(offset) > INT64_NUMBER_MAX - WORD) return checked;
  return (row) => offset + values[row]!;
};

/** Days or microseconds as dates. */
const dateReader = (layout: IntegerLayout, where: Where): ReadRow<Date> => {
  if (layout.type === "date") {
    const readDays = integerReader(layout, where);
    return (row) => dateOfDays(readDays(row), () => where(row));
  }
  const readMicros = bigintReader(layout);
  return (row) => dateOfMicros(readMicros(row), () => where(row));
};

/**
 * The bytes of a row of text, as a view: valid as long as the chunk's, or its dictionary's, bytes are.
 * @param dictionary - of a coded column.
 */
export const bytesReader = (layout: Utf8Layout, dictionary: Dictionary | undefined): ReadRow<Uint8Array> => {
  switch (layout.encoding) {
    case "null":
      return noValue;
    case "constant": {
      const { values } = layout;
      return () => values;
    }
    case "plain": {
      const { offsets, values } = layout;
      return (row) => values.subarray(offsets[row]!, offsets[row + 1]!);
    }
    default: {
      if (dictionary === undefined) throw new Error("invariant: a column of codes comes with its dictionary");
      const { offsets, values } = dictionary;
      const textOf = (code: number): Uint8Array => values.subarray(offsets[code]!, offsets[code + 1]!);
      if (layout.encoding === "constantCode") {
        const text = textOf(layout.code);
        return () => text;
      }
      const codes = layout.values;
      return (row) => textOf(codes[row]!);
    }
  }
};

const listReader = (
  layout: ListLayout,
  column: string,
  dictionary: Dictionary | undefined,
  exact: boolean,
): ReadRow<readonly (ScalarValue | null)[]> => {
  if (layout.encoding === "null") return noValue;
  const { offsets, items } = layout;
  const isNull = nullReader(items);
  const readItem = scalarReader(items, (item) => `item ${item} of column "${column}"`, dictionary, exact);
  return (row) => {
    const start = offsets[row]!;
    const list = new Array<ScalarValue | null>(offsets[row + 1]! - start);
    for (let index = 0; index < list.length; index++) {
      list[index] = isNull(start + index) ? null : readItem(start + index);
    }
    return list;
  };
};

/**
 * @param column - its name, for errors.
 * @param exact - int64, dates and timestamps are the exact integers inside, as bigints.
 */
export const valueReader = (
  layout: ColumnLayout,
  column: string,
  dictionary: Dictionary | undefined,
  exact = false,
): ReadRow<CellValue> =>
  layout.type === "list"
    ? listReader(layout, column, dictionary, exact)
    : scalarReader(layout, (row) => `row ${row} of column "${column}"`, dictionary, exact);

const scalarReader = (
  layout: ScalarLayout,
  where: Where,
  dictionary: Dictionary | undefined,
  exact: boolean,
): ReadRow<ScalarValue> => {
  if (layout.encoding === "null") return noValue;
  switch (layout.type) {
    case "boolean": {
      if (layout.encoding === "constant") {
        const { value } = layout;
        return () => value;
      }
      const { values } = layout;
      return (row) => isBitSet(values, row);
    }
    case "utf8": {
      const readBytes = bytesReader(layout, dictionary);
      return (row) => decodeText(readBytes(row));
    }
    case "date":
    case "timestamp":
      return exact ? bigintReader(layout) : dateReader(layout, where);
    case "int64":
      return exact ? bigintReader(layout) : numberReader(layout, where);
    default:
      return numberReader(layout, where);
  }
};
