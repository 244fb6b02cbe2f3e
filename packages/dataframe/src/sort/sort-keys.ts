/**
 * Sort keys as words whose order as unsigned numbers, first word first, is that of the rows: floats with their bits turned (NaN last, -0
 * as 0), 64-bit integers with their sign turned, small numbers side by side; descending keys complemented, nulls where they
 * are asked for.
 */
import {
  type Access,
  emitHeads,
  emitHigh,
  emitIsValid,
  emitLow,
  emitValue,
  shapeText,
} from "../aggregates/column-access.js";
import type { SortField } from "./sort-spec.js";

/** A part of a word: number of the key, bits, and which half of 64 it is. */
interface Part {
  readonly key: number;
  readonly width: number;
  readonly what: "small" | "presence" | "high" | "low";
}

export interface SortLayout {
  readonly keys: readonly SortField[];
  /** The parts of each word, the most significant first. */
  readonly words: readonly (readonly Part[])[];
}

const WORD_BITS = 32;
const widthOf = (count: number): number => (count <= 1 ? 0 : WORD_BITS - Math.clz32(count - 1));

export const sortLayout = (keys: readonly SortField[]): SortLayout => {
  const words: Part[][] = [];
  let free = 0;
  const add = (part: Part) => {
    if (part.width > free || words.length === 0) {
      words.push([]);
      free = WORD_BITS;
    }
    words.at(-1)!.push(part);
    free -= part.width;
  };
  keys.forEach(({ field }, key) => {
    if (field.kind === "small") {
      add({ key, width: widthOf(field.count + (field.isNullable ? 1 : 0)), what: "small" });
      return;
    }
    if (field.isNullable) add({ key, width: 1, what: "presence" });
    add({ key, width: WORD_BITS, what: "high" });
    add({ key, width: WORD_BITS, what: "low" });
  });

  return { keys, words };
};

type PackLoop = (
  count: number,
  inputs: readonly Access[],
  out: readonly Uint32Array[],
  bounds: readonly number[],
) => void;

const loops = new Map<string, PackLoop>();
const LOOPS_MAX = 500;

/** The words of each row's key, an array for each word. */
export const packSortKeys = (
  { keys, words }: SortLayout,
  inputs: readonly Access[],
  count: number,
  out: readonly Uint32Array[],
): void => {
  const shapes = inputs.map(({ shape }) => shapeText(shape)).join(" ");
  const kinds = keys
    .map(({ field, descending, nullsFirst }) => `${field.kind}${field.isNullable}${descending}${nullsFirst}`)
    .join(" ");
  const id = `${shapes} | ${kinds} | ${words.map((parts) => parts.map(({ key, width, what }) => `${key}:${width}${what}`).join("+")).join(" ")}`;
  let loop = loops.get(id);
  if (loop === undefined) {
    if (loops.size >= LOOPS_MAX) loops.delete(loops.keys().next().value!);
    loop = new Function(`"use strict"; return ${emitLoop({ keys, words }, inputs)};`)() as PackLoop;
    loops.set(id, loop);
  }
  const bounds = keys.flatMap(({ field }) => (field.kind === "small" ? [field.min, field.count] : [0, 0]));
  loop(count, inputs, out, bounds);
};

const emitLoop = ({ keys, words }: SortLayout, inputs: readonly Access[]): string => {
  const before = keys.map(({ field, descending }, key) => {
    if (field.kind === "small") return "";
    const { shape } = inputs[key]!;
    const isValid = emitIsValid(shape, key) ?? "true";
    const complement = descending ? `y${key} = ~y${key}; z${key} = ~z${key};` : "";
    if (field.kind === "wide") {
      return `let y${key} = 0, z${key} = 0; if (${isValid}) { y${key} = ${emitHigh(shape, key)} ^ 0x80000000; z${key} = ${emitLow(shape, key)}; ${complement} }`;
    }
    const turned = `if (y${key} >>> 31 === 1) { y${key} = ~y${key}; z${key} = ~z${key}; } else y${key} = y${key} ^ 0x80000000;`;
    return `let y${key} = 0, z${key} = 0; if (${isValid}) { F[0] = ${emitValue(shape, key)} + 0; if (F[0] !== F[0]) F[0] = NaN; y${key} = W[1]; z${key} = W[0]; ${turned} ${complement} }`;
  });
  const stores = words.map((parts, word) => {
    const value = parts.reduce((sum, part) => {
      const one = emitPart(part, keys[part.key]!, inputs[part.key]!);
      if (part.width === WORD_BITS || sum === "") return one;
      return `(${sum} << ${part.width} | ${one})`;
    }, "");
    return `o${word}[i] = ${value === "" ? "0" : value};`;
  });
  const outs = words.map((_, word) => `o${word} = out[${word}]`).join(", ");
  return `(function packSortKeys(count, g, out, b) { const F = new Float64Array(1), W = new Uint32Array(F.buffer); const ${outs}; ${emitHeads(inputs)} ${keys
    .map((_, key) => `const m${key} = b[${2 * key}], q${key} = b[${2 * key + 1}];`)
    .join(" ")} for (let i = 0; i < count; i++) { ${before.join(" ")} ${stores.join(" ")} } })`;
};

const emitPart = ({ key, what }: Part, { field, descending, nullsFirst }: SortField, { shape }: Access): string => {
  const isValid = emitIsValid(shape, key);
  switch (what) {
    case "high":
      return `y${key}`;
    case "low":
      return `z${key}`;
    case "presence":
      return isValid === undefined
        ? nullsFirst
          ? "1"
          : "0"
        : `(${isValid} ? ${nullsFirst ? 1 : 0} : ${nullsFirst ? 0 : 1})`;
    case "small": {
      const value = emitValue(shape, key);
      const number = descending ? `(q${key} - 1 - (${value} - m${key}))` : `(${value} - m${key})`;
      if (!field.isNullable) return number;
      const shown = nullsFirst ? `(${number} + 1)` : number;
      return isValid === undefined ? shown : `(${isValid} ? ${shown} : ${nullsFirst ? "0" : `q${key}`})`;
    }
    default:
      return what satisfies never;
  }
};

/** Compares the key at `left` of some words with that at `right` of others. */
export const compareWords = (
  words: readonly Uint32Array[],
  left: number,
  others: readonly Uint32Array[] | readonly (readonly number[])[],
  right: number,
): number => {
  for (let word = 0; word < words.length; word++) {
    const difference = words[word]![left]! - others[word]![right]!;
    if (difference !== 0) return difference;
  }
  return 0;
};
