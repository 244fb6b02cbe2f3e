/** JavaScript's regular expressions on decoded text; pattern and flags are literals. */
import { bytesOf, textOf } from "../text-bytes.js";
import { type FunctionOfRow, literalInteger, literalText, strict } from "./function-table.js";

const withFlag = (flags: string, flag: string): string => (flags.includes(flag) ? flags : flags + flag);

const matches: FunctionOfRow = ([input], [, pattern, flags]) => {
  const regExp = new RegExp(literalText(pattern), literalText(flags));
  return strict("boolean", [input!], (bytes) => textOf(bytes as string).search(regExp) >= 0);
};

const extract: FunctionOfRow = ([input], [, pattern, flags, group]) => {
  const regExp = new RegExp(literalText(pattern), withFlag(literalText(flags), "g"));
  const index = literalInteger(group);
  return strict("utf8", [input!], (bytes) => {
    const found = [...textOf(bytes as string).matchAll(regExp)][0]?.[index];
    return found === undefined ? null : bytesOf(found);
  });
};

const replaceMatches: FunctionOfRow = ([input], [, pattern, flags, replacement]) => {
  const regExp = new RegExp(literalText(pattern), withFlag(literalText(flags), "g"));
  return strict("utf8", [input!], (bytes) => {
    const text = textOf(bytes as string);
    const replaced = text.replace(regExp, literalText(replacement));
    return replaced === text ? (bytes as string) : bytesOf(replaced);
  });
};

export const REGULAR_EXPRESSIONS = { matches, extract, replaceMatches };
