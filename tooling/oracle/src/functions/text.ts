/** Text. Values are bytes; what counts characters decodes them and counts code points. */
import type { ValueType } from "@eau2/dataframe";
import { bytesOf, textOf } from "../text-bytes.js";
import type { Exact } from "../values.js";
import { type FunctionOfRow, strict } from "./function-table.js";

type Values = readonly NonNullable<Exact>[];

const onBytes =
  (type: ValueType, compute: (...values: string[]) => Exact): FunctionOfRow =>
  (args) =>
    strict(type, args, (...values: Values) => compute(...(values as string[])));

const onText = (compute: (text: string) => string): FunctionOfRow =>
  onBytes("utf8", (bytes) => bytesOf(compute(textOf(bytes!))));

const slice: FunctionOfRow = (args) =>
  strict("utf8", args, (bytes, start, end) =>
    bytesOf([...textOf(bytes as string)].slice(Number(start), end === undefined ? undefined : Number(end)).join("")),
  );

const pad =
  (place: (text: string, padding: string) => string): FunctionOfRow =>
  (args) =>
    strict("utf8", args, (bytes, length, fillBytes) => {
      const text = textOf(bytes as string);
      const fill = [...textOf(fillBytes as string)];
      const missing = Number(length) - [...text].length;
      if (missing <= 0 || fill.length === 0) return bytes as string;
      return bytesOf(place(text, Array.from({ length: missing }, (_, index) => fill[index % fill.length]!).join("")));
    });

export const TEXT = {
  length: onBytes("int64", (bytes) => BigInt([...textOf(bytes!)].length)),
  byteLength: onBytes("int64", (bytes) => BigInt(bytes!.length)),
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  // Spaces in the sense of Unicode, which tabs and ends of lines are not: as DuckDB.
  trim: onText((text) => text.replace(/^\p{Zs}+|\p{Zs}+$/gu, "")),
  trimStart: onText((text) => text.replace(/^\p{Zs}+/u, "")),
  trimEnd: onText((text) => text.replace(/\p{Zs}+$/u, "")),
  slice,
  contains: onBytes("boolean", (text, part) => text!.includes(part!)),
  startsWith: onBytes("boolean", (text, part) => text!.startsWith(part!)),
  endsWith: onBytes("boolean", (text, part) => text!.endsWith(part!)),
  replace: onBytes("utf8", (text, search, replacement) =>
    search === "" ? text! : text!.split(search!).join(replacement!),
  ),
  split: onBytes("list<utf8>", (text, separator) => {
    if (separator !== "") return text!.split(separator!);
    return text === "" ? [""] : [...textOf(text!)].map(bytesOf);
  }),
  concat: onBytes("utf8", (...parts) => parts.join("")),
  padStart: pad((text, padding) => padding + text),
  padEnd: pad((text, padding) => text + padding),
};
