/**
 * Expressions that depend on one column of text alone, and rows of that column share their strings: they are computed once
 * for every string, as if the dictionary was a batch, with one row more for null.
 */
import { bitmapByteLength, type Dictionary, setBit } from "@eau2/serialization";
import type { Expression } from "../expression/expression.js";
import { printExpression } from "../expression/print.js";
import type { Batch, Vector } from "../vector/vector.js";
import type { CodedRows } from "./leaf.js";

/** A column as codes. */
export interface CodedColumn extends CodedRows {
  readonly dictionary: Dictionary;
}

/** Columns of one string: dictionaries of one entry, by layout. */
const single = new WeakMap<object, Dictionary>();

let zeros = new Uint8Array(0);

const singleString = (
  layout: object,
  bytes: () => Uint8Array,
  rowCount: number,
  validity: Uint8Array | undefined,
): CodedColumn => {
  let dictionary = single.get(layout);
  if (dictionary === undefined) {
    const values = bytes();
    dictionary = { count: 1, offsets: Uint32Array.of(0, values.length), values };
    single.set(layout, dictionary);
  }
  if (zeros.length < rowCount) zeros = new Uint8Array(rowCount);
  return { dictionary, codes: zeros, validity, nullPosition: 1 };
};

/** Undefined for vectors that are not text, or have a string of its own for every row. */
export const codedColumn = (vector: Vector): CodedColumn | undefined => {
  if (vector.kind === "coded") {
    const { dictionary, codes, validity } = vector;
    return { dictionary, codes, validity, nullPosition: dictionary.count };
  }
  if (vector.kind !== "column" || vector.layout.type !== "utf8") return undefined;
  const { layout, dictionary, rowCount } = vector;
  if (layout.encoding === "null" || layout.encoding === "plain") return undefined;
  const { validity } = layout;
  if (layout.encoding === "constant") return singleString(layout, () => layout.values, rowCount, validity);
  if (dictionary === undefined) throw new Error("invariant: a column of codes comes with its dictionary");
  if (layout.encoding !== "constantCode")
    return { dictionary, codes: layout.values, validity, nullPosition: dictionary.count };
  const { offsets, values } = dictionary;
  return singleString(
    layout,
    () => values.subarray(offsets[layout.code], offsets[layout.code + 1]),
    rowCount,
    validity,
  );
};

/** Strings that are few, whatever the rows are. */
const FEW_STRINGS = 1024;
/** With more strings than so many times the rows, most of them would be computed for nothing. */
const STRINGS_A_ROW_MAX = 4;

export const isWorthIt = ({ dictionary }: CodedColumn, rowCount: number): boolean =>
  dictionary.count <= FEW_STRINGS || dictionary.count <= rowCount * STRINGS_A_ROW_MAX;

/** The strings of a dictionary as a batch of one column, and a null after them. */
export const batchOfDictionary = ({ count, offsets, values }: Dictionary, name: string): Batch => {
  const rowCount = count + 1;
  const validity = new Uint8Array(bitmapByteLength(rowCount));
  for (let row = 0; row < count; row++) setBit(validity, row);
  const ends = new Uint32Array(rowCount + 1);
  ends.set(offsets.subarray(0, rowCount));
  ends[rowCount] = offsets[count]!;
  return { rowCount, columns: [{ name, vector: { kind: "text", rowCount, validity, offsets: ends, bytes: values } }] };
};

const texts = new WeakMap<Expression, string>();

/** What an expression is, as text: equal ones have equal results over a dictionary. */
export const textOfExpression = (expression: Expression): string => {
  let text = texts.get(expression);
  if (text === undefined) {
    text = printExpression(expression);
    texts.set(expression, text);
  }
  return text;
};
