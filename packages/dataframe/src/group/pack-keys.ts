/** Loops that read the key columns of a batch as bits: an array index for each row, or the words of its key. */
import {
  type Access,
  emitHeads,
  emitHigh,
  emitIsValid,
  emitLow,
  emitValue,
  shapeText,
} from "../aggregates/column-access.js";
import { isDirect } from "./group-spec.js";
import { fieldCount, type KeyLayout, type PlacedField } from "./key-layout.js";

type PackLoop = (
  count: number,
  inputs: readonly Access[],
  out: readonly Uint32Array[],
  mins: readonly number[],
) => void;

const loops = new Map<string, PackLoop>();
const LOOPS_MAX = 1_000;

const compile = (source: string): PackLoop => {
  let loop = loops.get(source);
  if (loop === undefined) {
    if (loops.size >= LOOPS_MAX) loops.delete(loops.keys().next().value!);
    loop = new Function(`"use strict"; return (${source});`)() as PackLoop;
    loops.set(source, loop);
  }
  return loop;
};

/** The number of a small field's value, from 0; null is 0 where there can be one. */
const emitSmall = ({ field }: PlacedField, { shape }: Access, input: number): string => {
  const value = `${emitValue(shape, input)} - m[${input}]`;
  if (field.kind !== "small" || !field.isNullable) return `(${value})`;
  const isValid = emitIsValid(shape, input);
  return isValid === undefined ? `(${value} + 1)` : `(${isValid} ? ${value} + 1 : 0)`;
};

const minsOf = ({ fields }: KeyLayout): number[] => fields.map(({ field }) => (field.kind === "small" ? field.min : 0));

/** Words of a key as they travel: one, where keys are indices. */
export const keyWordCount = (layout: KeyLayout): number => (isDirect(layout.combinations) ? 1 : layout.wordCount);

/** The words of each row's key as they travel. */
export const packKeys = (
  layout: KeyLayout,
  inputs: readonly Access[],
  count: number,
  out: readonly Uint32Array[],
): void => {
  if (layout.fields.length === 0) out[0]!.fill(0, 0, count);
  else if (isDirect(layout.combinations)) packIndices(layout, inputs, count, out[0]!);
  else packWords(layout, inputs, count, out);
};

/** The index of each row's key among all combinations. */
export const packIndices = (layout: KeyLayout, inputs: readonly Access[], count: number, out: Uint32Array): void => {
  let stride = 1;
  const terms = layout.fields.map((placed, input) => {
    const term = `${emitSmall(placed, inputs[input]!, input)} * ${stride}`;
    stride *= fieldCount(placed.field);
    return term;
  });
  const source = `function packIndices(count, g, out, m) { const o0 = out[0]; ${emitHeads(inputs)} for (let i = 0; i < count; i++) o0[i] = ${terms.join(" + ")}; }`;
  const kinds = inputs.map(({ shape }) => shapeText(shape)).join(" ");
  compile(`/* ${kinds} */ ${source}`)(count, inputs, [out], minsOf(layout));
};

/** The words of each row's key, an array for each word. Floats: -0 as 0, one NaN. */
export const packWords = (
  layout: KeyLayout,
  inputs: readonly Access[],
  count: number,
  out: readonly Uint32Array[],
): void => {
  const terms: string[][] = Array.from({ length: layout.wordCount }, () => []);
  const before: string[] = [];
  layout.fields.forEach((placed, input) => {
    const access = inputs[input]!;
    const { field, word, shift, presence } = placed;
    if (field.kind === "small") {
      if (placed.width > 0) terms[word]!.push(`(${emitSmall(placed, access, input)} << ${shift})`);
      return;
    }
    const isValid = emitIsValid(access.shape, input) ?? "true";
    if (field.kind === "float") {
      before.push(
        `F[0] = ${isValid} ? ${emitValue(access.shape, input)} + 0 : 0; if (F[0] !== F[0]) F[0] = NaN; const y${input} = W[0], z${input} = W[1];`,
      );
    } else {
      before.push(
        `let y${input} = 0, z${input} = 0; if (${isValid}) { y${input} = ${emitLow(access.shape, input)}; z${input} = ${emitHigh(access.shape, input)}; }`,
      );
    }
    terms[word]!.push(`y${input}`);
    terms[word + 1]!.push(`z${input}`);
    if (presence !== undefined) terms[presence.word]!.push(`((${isValid} ? 1 : 0) << ${presence.shift})`);
  });
  const outs = terms.map((_, word) => `o${word} = out[${word}]`).join(", ");
  const stores = terms.map((parts, word) => `o${word}[i] = ${parts.length === 0 ? "0" : parts.join(" | ")};`).join(" ");
  const scratch = before.length === 0 ? "" : "const F = new Float64Array(1), W = new Uint32Array(F.buffer);";
  const source = `function packWords(count, g, out, m) { const ${outs}; ${emitHeads(inputs)} ${scratch} for (let i = 0; i < count; i++) { ${before.join(" ")} ${stores} } }`;
  const kinds = inputs.map(({ shape }) => shapeText(shape)).join(" ");
  compile(`/* ${kinds} */ ${source}`)(count, inputs, out, minsOf(layout));
};
