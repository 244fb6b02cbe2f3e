import type { ColumnLayout, Dictionary, ListLayout, ScalarLayout, ScalarType } from "@eau2/serialization";
import { type ColumnBuilder, type ColumnBuilders, columnBuilder } from "./column-builder.js";
import { ListBuilder } from "./list-builder.js";

/** What a builder of a type takes. */
export type ValueOf<Type extends ScalarType> = Parameters<ColumnBuilders[Type]["append"]>[0];

/**
 * A column of a few values, for tests and literals; readers use builders or ready arrays.
 * @throws {@link Eau2Error} `TYPE_MISMATCH` or `INT64_UNSAFE` for a value that the type does not hold.
 * @example columnFromValues("int64", [1, null, 2n ** 60n])
 */
export const columnFromValues = <Type extends ScalarType>(
  type: Type,
  values: readonly (ValueOf<Type> | null)[],
): ScalarLayout => built(columnBuilder(type) as ColumnBuilder<ValueOf<Type>>, values);

/** A column of a few lists, as {@link columnFromValues}. @example listsFromValues("utf8", [["a", null], [], null]) */
export const listsFromValues = <Type extends ScalarType>(
  items: Type,
  lists: readonly (readonly (ValueOf<Type> | null)[] | null)[],
): ListLayout => built(new ListBuilder(columnBuilder(items) as ColumnBuilder<ValueOf<Type>>), lists);

const built = <Value, Layout extends ColumnLayout>(
  builder: ColumnBuilder<Value, Layout>,
  values: readonly (Value | null)[],
): Layout => {
  for (const value of values) {
    if (value === null) builder.appendNull();
    else builder.append(value);
  }
  return builder.finish();
};

/** The dictionary whose code `c` is `strings[c]`; the strings are different. */
export const dictionaryFromStrings = (strings: readonly (string | Uint8Array)[]): Dictionary => {
  const texts = strings.map((text) => (typeof text === "string" ? new TextEncoder().encode(text) : text));
  const offsets = new Uint32Array(texts.length + 1);
  for (const [code, text] of texts.entries()) offsets[code + 1] = offsets[code]! + text.length;
  const values = new Uint8Array(offsets[texts.length]!);
  for (const [code, text] of texts.entries()) values.set(text, offsets[code]!);
  return { count: texts.length, offsets, values };
};
