/** Whether the first row of a file names its columns. */
import type { SniffedColumn } from "./sniff-columns.js";
import { takesValue } from "./value-types.js";

export interface HeaderGuess {
  readonly hasHeader: boolean;
  readonly reason: string;
}

/**
 * @param first - the values of the first row.
 * @param columns - as the rows behind it are.
 * @param values - of each column in those rows, at least the first of them.
 */
export const sniffHeader = (
  first: readonly string[],
  columns: readonly SniffedColumn[],
  values: readonly ReadonlySet<string>[],
): HeaderGuess => {
  const no = (reason: string): HeaderGuess => ({ hasHeader: false, reason });
  const yes = (reason: string): HeaderGuess => ({ hasHeader: true, reason });
  const typed = columns.findIndex(
    ({ type, format }, column) =>
      type !== "utf8" && first[column] !== "" && !takesValue(type, first[column]!.trim(), true, format),
  );
  if (typed >= 0) return yes(`"${first[typed]}" stands above values of type ${columns[typed]!.type}`);
  const number = first.findIndex((text) => takesValue("float64", text.trim(), false, null));
  if (number >= 0) return no(`"${first[number]}" in the first row is a number`);
  if (first.some((text) => text === "")) return no("a field of the first row is empty");
  if (new Set(first).size < first.length) return no("two fields of the first row are equal");
  if (columns.every(({ valueCount, nullCount }) => valueCount + nullCount === 0)) return yes("there are no other rows");
  const again = first.findIndex((text, column) => values[column]!.has(text));
  if (again >= 0) return no(`"${first[again]}" stands in other rows too`);
  return yes("the first row has text that no other row has");
};

/** Names as columns of a frame may have them: empty ones are c0, c1, ..., and of equal ones the later get _1, _2, ... */
export const columnNames = (fields: readonly string[]): string[] => {
  const given = new Set(fields);
  const used = new Set<string>();
  return fields.map((field, column) => {
    const base = field === "" ? `c${column}` : field;
    let name = base;
    for (let count = 1; used.has(name) || (name !== field && given.has(name)); count++) name = `${base}_${count}`;
    used.add(name);
    return name;
  });
};
