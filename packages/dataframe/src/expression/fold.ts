/**
 * Expressions with their constant parts computed: arithmetic and comparisons of constants, three-valued logic, conditions
 * that are always true or never.
 *
 * It must not happen: where the result would have another type (of `case when true then 1 else 0.5 end` the 1 is a float);
 * to a call that would fail, which must fail when it runs; to a part that may fail and that the engine would have reached
 * (it tests `and` and `or` from left to right until one decides). `0 * x` is not 0: x may be null or NaN.
 */
import { mapChildren } from "./children.js";
import type { Call, Case, Cast, Expression, Literal, ScalarType } from "./expression.js";
import { foldCall } from "./fold-literals.js";
import type { FunctionName } from "./functions.js";
import { holdsInteger, isIntegerType, literalOf, literalValue } from "./literal-value.js";
import { mayFail } from "./may-fail.js";
import { resolveType, type TypedColumn } from "./resolve-type.js";

const isLiteral = (expression: Expression): expression is Literal => expression.kind === "literal";
const isNull = (expression: Expression): boolean => isLiteral(expression) && expression.value === null;
const isBoolean = (expression: Expression, value: boolean): boolean =>
  isLiteral(expression) && expression.value === value;

/** @returns an expression of the same type and, for every row, the same value; the same object if there is nothing to do. */
export const foldExpression = (expression: Expression, columns: readonly TypedColumn[]): Expression => {
  const node = mapChildren(expression, (child) => foldExpression(child, columns));
  switch (node.kind) {
    case "call":
      return foldAnyCall(node, columns);
    case "case":
      // A value that is now a constant null no longer takes part in the type.
      if (resolveType(node, columns) !== resolveType(expression, columns)) return expression;
      return foldCase(node, columns);
    case "cast":
      return foldCast(node, columns);
    case "isIn":
      return isNull(node.input) ? literalOf("boolean", null) : node;
    default:
      return node;
  }
};

/** The replacement if it has the type of what it replaces, as a constant of that type if it can be one; else the original. */
const ofSameType = (original: Expression, replacement: Expression, columns: readonly TypedColumn[]): Expression => {
  const type = resolveType(original, columns);
  if (resolveType(replacement, columns) === type) return replacement;
  return (isLiteral(replacement) ? convertLiteral(replacement, type as ScalarType) : undefined) ?? original;
};

/** Null where one argument is null. */
const STRICT: ReadonlySet<FunctionName> = new Set<FunctionName>(
  "add subtract multiply divide intDivide remainder negate abs sign floor ceil trunc eq ne lt le gt ge".split(
    " ",
  ) as FunctionName[],
);

const foldAnyCall = (call: Call, columns: readonly TypedColumn[]): Expression => {
  const { name, args } = call;
  switch (name) {
    case "and":
    case "or":
      return foldJunction(call, columns);
    case "not":
      return foldNot(call);
    case "isNull":
    case "isNotNull":
      return isLiteral(args[0]!) ? literalOf("boolean", isNull(args[0]!) === (name === "isNull")) : call;
    case "coalesce":
      return foldCoalesce(call, columns);
    default:
  }
  if (STRICT.has(name) && args.some(isNull) && !args.some((arg) => mayFail(arg, columns)))
    return literalOf(resolveType(call, columns) as ScalarType, null);
  if (!args.every(isLiteral) || args.some(isNull)) return call;
  return foldCall(name, args) ?? call;
};

/** `and` is decided by the first false, `or` by the first true. */
const foldJunction = (call: Call, columns: readonly TypedColumn[]): Expression => {
  const { name } = call;
  const decides = name === "or";
  const args: Expression[] = [];
  for (const arg of call.args.flatMap((inner) =>
    inner.kind === "call" && inner.name === name ? inner.args : [inner],
  )) {
    if (isBoolean(arg, !decides)) continue;
    // Nothing behind it is reached.
    if (isBoolean(arg, decides)) {
      if (!args.some((before) => mayFail(before, columns))) return arg;
      args.push(arg);
      break;
    }
    args.push(arg);
  }
  if (args.length === 0) return literalOf("boolean", !decides);
  if (args.length === 1) return args[0]!;
  const isSame = args.length === call.args.length && args.every((arg, index) => arg === call.args[index]);
  // A call has at most a thousand arguments.
  return isSame || args.length > 1000 ? call : { ...call, args };
};

const foldNot = (call: Call): Expression => {
  const [inner] = call.args;
  if (inner!.kind === "call" && inner!.name === "not") return inner!.args[0]!;
  if (!isLiteral(inner!)) return call;
  return literalOf("boolean", inner!.value === null ? null : inner!.value === false);
};

/** Nulls are passed over; behind a constant nothing is reached. */
const foldCoalesce = (call: Call, columns: readonly TypedColumn[]): Expression => {
  const args = call.args.filter((arg) => !isNull(arg));
  const end = args.findIndex(isLiteral) + 1;
  if (end > 0) args.splice(end);
  if (args.length === call.args.length) return call;
  if (args.length === 0) return literalOf(resolveType(call, columns) as ScalarType, null);
  return ofSameType(call, args.length === 1 ? args[0]! : { ...call, args }, columns);
};

const foldCase = (node: Case, columns: readonly TypedColumn[]): Expression => {
  const reachable = node.branches.filter(({ when }) => !isBoolean(when, false) && !isNull(when));
  const always = reachable.findIndex(({ when }) => isBoolean(when, true));
  if (always < 0 && reachable.length === node.branches.length) return node;
  const branches = always < 0 ? reachable : reachable.slice(0, always);
  const otherwise = always < 0 ? node.otherwise : reachable[always]!.value;
  if (branches.length > 0) return ofSameType(node, { ...node, branches, otherwise }, columns);
  return otherwise === null
    ? literalOf(resolveType(node, columns) as ScalarType, null)
    : ofSameType(node, otherwise, columns);
};

const foldCast = (cast: Cast, columns: readonly TypedColumn[]): Expression => {
  const { input, type } = cast;
  if (resolveType(input, columns) === type) return input;
  return (isLiteral(input) ? convertLiteral(input, type) : undefined) ?? cast;
};

/** Exact conversions only: the others are the engine's to make, or to refuse. */
const convertLiteral = (literal: Literal, type: ScalarType): Literal | undefined => {
  const value = literalValue(literal);
  if (value === null) return literalOf(type, null);
  const isInteger = (name: string): boolean => name.startsWith("int");
  if (isInteger(literal.type) && isInteger(type))
    return holdsInteger(type, value as bigint) ? literalOf(type, value) : undefined;
  if (type === "float64" && typeof value === "number") return literalOf(type, value);
  if (type === "float64" && isInteger(literal.type) && isIntegerType(literal.type))
    return literalOf(type, Number(value));
  return undefined;
};
