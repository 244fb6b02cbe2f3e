/** How the arguments of a function are described: what they must be, in words, and what comes out. */
import type { Literal, ValueType } from "../expression.js";
import { isInteger, isList, isNumber, isTime } from "../value-types.js";

/** One argument of a function. */
export interface Parameter {
  /** As in "its 2nd argument must be ...". */
  readonly words: string;
  accepts(type: ValueType): boolean;
  /** There for arguments that must be constants: what is wrong with one, or undefined. Null constants are always wrong. */
  readonly problem?: (value: string | number | boolean) => string | undefined;
}

export interface Signature {
  readonly parameters: readonly Parameter[];
  /** How many of the last parameters may be left out. */
  readonly optional?: number;
  /** Whether the last parameter may be repeated. */
  readonly isVariadic?: boolean;
  /** Called once the arguments fit their parameters one by one. @returns the type, or what is wrong with them together. */
  result(types: readonly ValueType[], args: readonly (Literal | undefined)[]): ValueType | Mismatch;
}

/** Arguments that fit alone and not together. */
export type Mismatch =
  /** The argument at this position, from 0, must be what the words say. */
  | { readonly code: "TYPE_MISMATCH"; readonly argument: number; readonly words: string }
  /** Constants that cannot be used: the words are a sentence. */
  | { readonly code: "USAGE"; readonly words: string };

export const anything: Parameter = { words: "of any type", accepts: () => true };
export const number: Parameter = { words: "a number", accepts: isNumber };
export const integer: Parameter = { words: "an integer", accepts: isInteger };
export const text: Parameter = { words: "text", accepts: (type) => type === "utf8" };
export const truth: Parameter = { words: "a boolean", accepts: (type) => type === "boolean" };
export const time: Parameter = { words: "a date or a timestamp", accepts: isTime };
export const list: Parameter = { words: "a list", accepts: isList };
export const scalar: Parameter = { words: "a single value, not a list", accepts: (type) => !isList(type) };

/** @param problem - what is wrong with a value, or undefined. */
export const constant = (
  { accepts, words }: Parameter,
  problem: (value: string | number | boolean) => string | undefined = () => undefined,
): Parameter => ({ accepts, words: `${words} that is a constant`, problem });

/** Takes these and gives a fixed type. */
export const fixed = (parameters: readonly Parameter[], type: ValueType, optional = 0): Signature => ({
  parameters,
  optional,
  result: () => type,
});
