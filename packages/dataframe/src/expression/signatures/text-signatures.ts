import type { Literal } from "../expression.js";
import { groupCount, patternProblem } from "../regular-expression.js";
import { constant, fixed, integer, type Mismatch, type Signature, text } from "./signature.js";

const textOf = (literal: Literal | undefined): string => String(literal?.value ?? "");

/** Of the pattern and the flags, which stand after the text. */
const checkPattern = (args: readonly (Literal | undefined)[]): Mismatch | undefined => {
  const words = patternProblem(textOf(args[1]), textOf(args[2]));
  return words === undefined ? undefined : { code: "USAGE", words };
};

const pattern = constant(text);

const withPattern = (type: "boolean" | "utf8", ...more: Signature["parameters"]): Signature => ({
  parameters: [text, pattern, pattern, ...more],
  result: (_, args) => checkPattern(args) ?? type,
});

const ofText = (type: "int64" | "utf8"): Signature => fixed([text], type);
const padded = fixed([text, integer, text], "utf8");
const search = fixed([text, text], "boolean");

export const TEXT_SIGNATURES = {
  length: ofText("int64"),
  byteLength: ofText("int64"),
  lower: ofText("utf8"),
  upper: ofText("utf8"),
  trim: ofText("utf8"),
  trimStart: ofText("utf8"),
  trimEnd: ofText("utf8"),
  slice: fixed([text, integer, integer], "utf8", 1),
  contains: search,
  startsWith: search,
  endsWith: search,
  replace: fixed([text, text, text], "utf8"),
  matches: withPattern("boolean"),
  extract: {
    parameters: [text, pattern, pattern, constant(integer)],
    result: (_, args) => {
      const problem = checkPattern(args);
      if (problem !== undefined) return problem;
      const groups = groupCount(textOf(args[1]), textOf(args[2]));
      const group = Number(args[3]?.value);
      if (group >= 0 && group <= groups) return "utf8";
      return { code: "USAGE", words: `there is no group ${group}: the pattern has the groups 0 to ${groups}` };
    },
  },
  replaceMatches: withPattern("utf8", constant(text)),
  split: fixed([text, text], "list<utf8>"),
  concat: { ...fixed([text, text], "utf8"), isVariadic: true },
  padStart: padded,
  padEnd: padded,
} satisfies Record<string, Signature>;
