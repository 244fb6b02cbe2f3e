/** An expression in a few words of a message: what to look for in the program. */
import type { Expression } from "./expression.js";

const TEXT_SHOWN_MAX = 40;

export const describeExpression = (expression: Expression): string => {
  switch (expression.kind) {
    case "column":
      return `column "${expression.name}"`;
    case "literal": {
      const { type, value } = expression;
      if (value === null) return "the constant null";
      if (type !== "utf8") return `the constant ${value}`;
      const text = String(value);
      return `the constant ${JSON.stringify(text.length > TEXT_SHOWN_MAX ? `${text.slice(0, TEXT_SHOWN_MAX)}...` : text)}`;
    }
    case "call":
      return `the result of ${expression.name}`;
    case "case":
      return "the result of when";
    case "isIn":
      return "the result of isIn";
    case "cast":
      return `the result of a cast to ${expression.type}`;
    default:
      return expression satisfies never;
  }
};

const ORDINALS = ["1st", "2nd", "3rd"];

/** @param index - from 0. */
export const ordinal = (index: number): string => ORDINALS[index] ?? `${index + 1}th`;
