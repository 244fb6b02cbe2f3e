/**
 * The type of an expression over the columns of a plan, and at the same time the check that it has one: every error of a
 * query that types can show is found here, before anything runs. Whoever evaluates an expression may rely on it.
 */
import { columnUnknown } from "../schema/schema.js";
import { describeExpression, ordinal } from "./describe-expression.js";
import type { Call, Case, Cast, ColumnReference, Expression, IsIn, ValueType } from "./expression.js";
import { Position } from "./position.js";
import { SIGNATURES } from "./signatures/signatures.js";
import { commonType, isCastable, isList } from "./value-types.js";

/** A column that an expression may name. */
export interface TypedColumn {
  readonly name: string;
  readonly type: ValueType;
}

/**
 * @param columns - names differ; the list is not changed any more.
 * @param place - what the expression is for, as messages begin: `filter`, `derive "speed"`.
 * @throws {@link Eau2Error} `COLUMN_UNKNOWN`, `TYPE_MISMATCH`, and `USAGE` for a wrong number of arguments and for constants
 * that cannot be used (a pattern, a unit). Messages say where in the expression.
 * @remarks Constants that are null fit any branch of `case` and any value of `isIn`; everywhere else they have their type.
 * @example resolveType(col("x").add(1).node, [{ name: "x", type: "int8" }]) // "int64"
 */
export const resolveType = (
  expression: Expression,
  columns: readonly TypedColumn[],
  place?: string | Position,
): ValueType => new Resolver(columns).type(expression, place instanceof Position ? place : Position.top(place));

/** Lists of columns are asked for thousands of names, one expression after another; they never change. */
const typesByName = new WeakMap<readonly TypedColumn[], ReadonlyMap<string, ValueType>>();

const typesOf = (columns: readonly TypedColumn[]): ReadonlyMap<string, ValueType> => {
  let types = typesByName.get(columns);
  if (types === undefined) {
    types = new Map(columns.map(({ name, type }) => [name, type]));
    typesByName.set(columns, types);
  }
  return types;
};

class Resolver {
  /** Expressions share parts: without it, thirty times `x = x.add(x)` would be a thousand million visits. */
  readonly #known = new Map<Expression, ValueType>();

  constructor(private readonly columns: readonly TypedColumn[]) {}

  type(expression: Expression, position: Position): ValueType {
    const known = this.#known.get(expression);
    if (known !== undefined) return known;
    const type = this.#typeOf(expression, position);
    this.#known.set(expression, type);
    return type;
  }

  #typeOf(expression: Expression, position: Position): ValueType {
    switch (expression.kind) {
      case "column":
        return this.#column(expression, position);
      case "literal":
        return expression.type;
      case "call":
        return this.#call(expression, position);
      case "case":
        return this.#case(expression, position);
      case "isIn":
        return this.#isIn(expression, position);
      case "cast":
        return this.#cast(expression, position);
      default:
        return expression satisfies never;
    }
  }

  #column({ name, type }: ColumnReference, position: Position): ValueType {
    const found = typesOf(this.columns).get(name);
    if (found === undefined) {
      const names = this.columns.map((candidate) => candidate.name);
      const { code, message, details } = columnUnknown(name, names);
      throw position.error(code, message, details);
    }
    if (type === undefined || type === found) return found;
    const what = `column "${name}" is declared as ${type}, and is ${found}`;
    throw position.error("TYPE_MISMATCH", what, { column: name });
  }

  #call(call: Call, position: Position): ValueType {
    const { name, args } = call;
    const { parameters, optional = 0, isVariadic = false, result } = SIGNATURES[name];
    const least = parameters.length - optional;
    if (args.length < least || (args.length > parameters.length && !isVariadic)) {
      const most = isVariadic ? " or more" : optional > 0 ? ` to ${parameters.length}` : "";
      throw position.error("USAGE", `${name} takes ${least}${most} arguments, and has ${args.length}`);
    }
    const types = args.map((arg, index) => {
      const type = this.type(arg, position.in(`${ordinal(index)} argument of ${name}`));
      const { accepts, words, problem } = parameters[Math.min(index, parameters.length - 1)]!;
      if (!accepts(type)) throw misfit(call, index, type, words, position);
      if (problem === undefined) return type;
      if (arg.kind !== "literal" || arg.value === null) {
        const what = `the ${ordinal(index)} argument of ${name} must be ${words}; it is ${describeExpression(arg)}`;
        throw position.error("USAGE", what);
      }
      const wrong = problem(arg.value);
      if (wrong !== undefined) throw position.error("USAGE", `${name}: ${wrong}`);
      return type;
    });
    const literals = args.map((arg) => (arg.kind === "literal" ? arg : undefined));
    const type = result(types, literals);
    if (typeof type === "string") return type;
    if (type.code === "USAGE") throw position.error("USAGE", `${name}: ${type.words}`);
    throw misfit(call, type.argument, types[type.argument]!, type.words, position);
  }

  #case({ branches, otherwise }: Case, position: Position): ValueType {
    for (const [index, { when }] of branches.entries()) {
      const words = `${ordinal(index)} condition of when`;
      const type = this.type(when, position.in(words));
      if (type === "boolean") continue;
      const what = `the ${words} must be a boolean; it is ${type}: ${describeExpression(when)}`;
      throw position.error("TYPE_MISMATCH", what);
    }
    const values = branches.map(({ value }, index) => ({ value, words: `${ordinal(index)} value of when` }));
    if (otherwise !== null) values.push({ value: otherwise, words: "value of otherwise" });
    let common: ValueType | undefined;
    for (const { value, words } of values) {
      if (isNullConstant(value)) continue;
      const type = this.type(value, position.in(words));
      const both = commonType(common ?? type, type);
      if (both === undefined) {
        const what = `the ${words} must be of a kind with the ${common} before it; it is ${type}: ${describeExpression(value)}`;
        throw position.error("TYPE_MISMATCH", what);
      }
      common = both;
    }
    return common ?? this.type(values[0]!.value, position);
  }

  #isIn({ input, values }: IsIn, position: Position): ValueType {
    const type = this.type(input, position.in("input of isIn"));
    if (isList(type)) {
      throw position.error("TYPE_MISMATCH", `isIn takes single values; ${describeExpression(input)} is ${type}`);
    }
    const index = values.findIndex((value) => value.value !== null && commonType(type, value.type) === undefined);
    if (index < 0) return "boolean";
    const { type: other } = values[index]!;
    const what = `the ${ordinal(index)} value of isIn must be of a kind with ${describeExpression(input)}, which is ${type}; it is ${other}`;
    throw position.error("TYPE_MISMATCH", what);
  }

  #cast({ input, type }: Cast, position: Position): ValueType {
    const from = this.type(input, position.in(`input of a cast to ${type}`));
    if (isCastable(from, type)) return type;
    const what = `a cast from ${from} to ${type} has no meaning: ${describeExpression(input)}`;
    throw position.error("TYPE_MISMATCH", what);
  }
}

const isNullConstant = (expression: Expression): boolean => expression.kind === "literal" && expression.value === null;

const misfit = ({ name, args }: Call, index: number, type: ValueType, words: string, position: Position) =>
  position.error(
    "TYPE_MISMATCH",
    `the ${ordinal(index)} argument of ${name} must be ${words}; it is ${type}: ${describeExpression(args[index]!)}`,
  );
