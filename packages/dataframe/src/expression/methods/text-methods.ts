import type { BooleanExpr, ListExpr, NumberExpr, TextExpr } from "../expr.js";
import type { Expression } from "../expression.js";
import { call, type Operand } from "../term.js";

/** Positions and lengths count code points; order and equality are of the UTF-8 bytes. */
export class TextMethods {
  declare readonly node: Expression;

  length(): NumberExpr<number> {
    return call(this, "length");
  }
  byteLength(): NumberExpr<number> {
    return call(this, "byteLength");
  }
  lower(): TextExpr {
    return call(this, "lower");
  }
  upper(): TextExpr {
    return call(this, "upper");
  }
  trim(): TextExpr {
    return call(this, "trim");
  }
  trimStart(): TextExpr {
    return call(this, "trimStart");
  }
  trimEnd(): TextExpr {
    return call(this, "trimEnd");
  }
  /** From `start` up to `end`, from 0, negative from the end: as JavaScript's. */
  slice(start: Operand<number>, end?: Operand<number>): TextExpr {
    return end === undefined ? call(this, "slice", start) : call(this, "slice", start, end);
  }
  contains(search: Operand<string>): BooleanExpr {
    return call(this, "contains", search);
  }
  startsWith(search: Operand<string>): BooleanExpr {
    return call(this, "startsWith", search);
  }
  endsWith(search: Operand<string>): BooleanExpr {
    return call(this, "endsWith", search);
  }
  /** Whether a pattern is found anywhere in it. */
  matches(pattern: RegExp): BooleanExpr {
    return call(this, "matches", ...patternOf(pattern));
  }
  /** What a pattern matches first; null where it does not. @param group - of the pattern. @defaultValue 0: all of the match */
  extract(pattern: RegExp, group = 0): TextExpr {
    return call(this, "extract", ...patternOf(pattern), group);
  }
  /** Every occurrence; with a pattern, `$1` in the replacement is its first group, as in JavaScript. */
  replace(search: RegExp, replacement: string): TextExpr;
  replace(search: Operand<string>, replacement: Operand<string>): TextExpr;
  replace(search: RegExp | Operand<string>, replacement: Operand<string>): TextExpr {
    if (search instanceof RegExp) return call(this, "replaceMatches", ...patternOf(search), replacement);
    return call(this, "replace", search, replacement);
  }
  split(separator: Operand<string>): ListExpr<string> {
    return call(this, "split", separator);
  }
  /** Null if one of them is. */
  concat(...others: readonly [Operand<string>, ...Operand<string>[]]): TextExpr {
    return call(this, "concat", ...others);
  }
  /** @param fill - repeated in front. @defaultValue a space */
  padStart(length: Operand<number>, fill: Operand<string> = " "): TextExpr {
    return call(this, "padStart", length, fill);
  }
  padEnd(length: Operand<number>, fill: Operand<string> = " "): TextExpr {
    return call(this, "padEnd", length, fill);
  }
}

/** Without g and d, which say how often and what a caller is told. */
const patternOf = ({ source, flags }: RegExp): [pattern: string, flags: string] => [source, flags.replace(/[gd]/g, "")];
