/**
 * Expressions as text that a person reads: `distance > 0 and carrier in ("AA", "DL")`. Different expressions have
 * different texts, so a text can be a key; only the type that a program declared for a column is left out, because it
 * changes no value. Types of literals show: `5` is int64, `5.0` float64, all others say theirs: `5:int8`.
 */
import { printDate, printTimestamp } from "../print/print-date.js";
import type { Call, Case, Expression, IsIn, Literal } from "./expression.js";
import type { FunctionName } from "./functions.js";

/** How tightly a form binds; operands that bind less tightly stand in parentheses. */
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARISON = 4;
const SUM = 5;
const PRODUCT = 6;
const SIGN = 7;
const ATOM = 8;

/** Functions of two arguments that are written between them. */
const INFIX: { readonly [Name in FunctionName]?: readonly [symbol: string, binding: number] } = {
  eq: ["=", COMPARISON],
  ne: ["!=", COMPARISON],
  lt: ["<", COMPARISON],
  le: ["<=", COMPARISON],
  gt: [">", COMPARISON],
  ge: [">=", COMPARISON],
  add: ["+", SUM],
  subtract: ["-", SUM],
  multiply: ["*", PRODUCT],
  divide: ["/", PRODUCT],
  intDivide: ["//", PRODUCT],
  remainder: ["%", PRODUCT],
};

/** Words of the notation, which as names of columns are quoted. */
const WORDS = new Set(
  "and or not in is null true false case when then else end cast try_cast as NaN Infinity date timestamp".split(" "),
);
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Controls and marks that change how a terminal shows the text around them. */
const UNSEEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const escapeUnseen = (text: string): string =>
  text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Text in double quotes, as JSON. */
const quote = (text: string): string => escapeUnseen(JSON.stringify(text));

/** The name of a column: as it is where it is a word, otherwise between backquotes with JSON's escapes. */
export const printName = (name: string): string => {
  if (PLAIN_NAME.test(name) && !WORDS.has(name)) return name;
  return `\`${escapeUnseen(JSON.stringify(name).slice(1, -1)).replaceAll('\\"', '"').replaceAll("`", "\\`")}\``;
};

const printLiteral = ({ type, value }: Literal): string => {
  if (value === null) return `null:${type}`;
  switch (type) {
    case "boolean":
    case "int64":
      return String(value);
    case "utf8":
      return quote(String(value));
    case "float64": {
      const text = String(value);
      return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
    }
    case "date":
      return `date "${printDate(Number(value))}"`;
    case "timestamp":
      return `timestamp "${printTimestamp(BigInt(value))}"`;
    default:
      return `${value}:${type}`;
  }
};

const printShapeOfLiteral = ({ type, value }: Literal): string => (value === null ? `null:${type}` : `?:${type}`);

class Printer {
  constructor(
    private readonly literal: (literal: Literal) => string,
    private readonly valuesMax: number,
  ) {}

  print(node: Expression): string {
    return this.#within(node, OR);
  }

  /** In parentheses if it binds less tightly than `binding`. */
  #within(node: Expression, binding: number): string {
    const [text, own] = this.#form(node);
    return own < binding ? `(${text})` : text;
  }

  #form(node: Expression): readonly [text: string, binding: number] {
    switch (node.kind) {
      case "column":
        return [printName(node.name), ATOM];
      case "literal":
        return [this.literal(node), ATOM];
      case "call":
        return this.#call(node);
      case "case":
        return [this.#case(node), ATOM];
      case "isIn":
        return [`${this.#within(node.input, SUM)} in (${this.#values(node)})`, COMPARISON];
      case "cast":
        return [`${node.onFailure === "null" ? "try_cast" : "cast"}(${this.print(node.input)} as ${node.type})`, ATOM];
      default:
        return node satisfies never;
    }
  }

  #call({ name, args }: Call): readonly [text: string, binding: number] {
    const [first, second] = args;
    const infix = INFIX[name];
    // Comparisons do not chain, the others group to the left.
    if (infix !== undefined && args.length === 2) {
      const [symbol, binding] = infix;
      const left = this.#within(first!, binding === COMPARISON ? SUM : binding);
      return [`${left} ${symbol} ${this.#within(second!, binding + 1)}`, binding];
    }
    if ((name === "and" || name === "or") && args.length >= 2) {
      const binding = name === "and" ? AND : OR;
      return [args.map((arg) => this.#within(arg, binding + 1)).join(` ${name} `), binding];
    }
    if (args.length === 1) {
      if (name === "not") return [`not ${this.#within(first!, NOT)}`, NOT];
      if (name === "isNull") return [`${this.#within(first!, SUM)} is null`, COMPARISON];
      if (name === "isNotNull") return [`${this.#within(first!, SUM)} is not null`, COMPARISON];
      // -5 is the literal, -(5) its negation.
      if (name === "negate")
        return [first!.kind === "literal" ? `-(${this.literal(first!)})` : `-${this.#within(first!, ATOM)}`, SIGN];
    }
    return [`${name}(${args.map((arg) => this.print(arg)).join(", ")})`, ATOM];
  }

  #case({ branches, otherwise }: Case): string {
    const whens = branches.map(({ when, value }) => `when ${this.print(when)} then ${this.print(value)} `);
    return `case ${whens.join("")}${otherwise === null ? "" : `else ${this.print(otherwise)} `}end`;
  }

  #values({ values }: IsIn): string {
    const shown = values.slice(0, this.valuesMax).map((value) => this.literal(value));
    if (values.length > this.valuesMax) shown.push(`${values.length - this.valuesMax} more`);
    return shown.join(", ");
  }
}

const exact = new Printer(printLiteral, Number.POSITIVE_INFINITY);
const shape = new Printer(printShapeOfLiteral, Number.POSITIVE_INFINITY);
const brief = new Printer(printLiteral, 20);

/** @returns one line; equal texts mean equal expressions, but for declared types of columns. */
export const printExpression = (expression: Expression): string => exact.print(expression);

/** As {@link printExpression}, with every constant but null replaced by `?` and its type: what compiled code depends on. */
export const shapeOf = (expression: Expression): string => shape.print(expression);

/** For people: of a long list of values the first 20. */
export const summarizeExpression = (expression: Expression): string => brief.print(expression);
