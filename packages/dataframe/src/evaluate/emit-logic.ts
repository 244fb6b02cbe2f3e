/** What decides between values: three-valued logic, nulls, and the first of several that applies. */
import { DAY_MICROS } from "../calendar/dates.js";
import type { Call, Case, Expression, IsIn, Literal } from "../expression/expression.js";
import { literalValue } from "../expression/literal-value.js";
import { areEqual, asTimestamp, emitCondition } from "./emit-comparison.js";
import type { Loop } from "./loop.js";
import {
  anyNull,
  asBigint,
  asBit,
  asNumber,
  booleanOperand,
  isFloat,
  isFloatType,
  type Operand,
  oneOf,
} from "./operand.js";

export type Emit = (expression: Expression) => Operand;

/** 1 where a boolean is true, or 1 where it is false; both 0 where it is null. */
const decided = ({ value, isNull }: Operand, decides: boolean): string => {
  if (decides) return value;
  return isNull === undefined ? `(${value} ^ 1)` : `((${value} | ${isNull}) ^ 1)`;
};

/**
 * `and` is decided by the first false, `or` by the first true. Arguments that cannot fail are computed for every row, which
 * costs less than a branch; the others only where nothing before them has decided.
 */
const emitJunction = (loop: Loop, call: Call, emit: Emit): Operand => {
  const decides = call.name === "or";
  const parts = call.args.map((argument) => loop.collect(() => emit(argument)));
  const operands = parts.map(({ result }) => result);
  const hasNulls = operands.some(({ isNull }) => isNull !== undefined);
  if (!parts.some(({ mayLeave }, index) => mayLeave && index > 0)) {
    for (const { source } of parts) loop.emit(source);
    const values = loop.let(operands.map(({ value }) => value).join(decides ? " | " : " & "));
    if (!hasNulls) return booleanOperand(values, undefined);
    if (decides) {
      const isFalse = operands.map((operand) => decided(operand, false)).join(" & ");
      return booleanOperand(values, loop.let(`(${values} | ${isFalse}) ^ 1`));
    }
    const isFalse = operands.map((operand) => decided(operand, false)).join(" | ");
    return booleanOperand(values, loop.let(`(${values} | ${isFalse}) ^ 1`));
  }
  const value = loop.variable(decides ? "0" : "1");
  const isNull = hasNulls ? loop.variable("0") : undefined;
  const label = loop.label();
  loop.emit(`${label}: {`);
  for (const { source, result } of parts) {
    loop.emit(source);
    const reset = isNull === undefined ? "" : ` ${isNull} = 0;`;
    loop.emit(`if (${decided(result, decides)}) { ${value} = ${decides ? 1 : 0};${reset} break ${label}; }`);
    if (result.isNull !== undefined) loop.emit(`${isNull} |= ${result.isNull};`);
  }
  loop.emit("}");
  if (isNull !== undefined && !decides) loop.emit(`${value} &= ${isNull} ^ 1;`);
  return booleanOperand(value, isNull);
};

/** Constants that are null have any type. */
const withoutNulls = (operands: readonly Operand[]): readonly Operand[] => {
  const others = operands.filter(({ isNull }) => isNull !== "1");
  return others.length === 0 ? operands : others;
};

/** The kind in which one of several values is handed on. */
const commonKind = (operands: readonly Operand[]): Operand["kind"] => {
  if (operands.some(isFloat)) return "number";
  return operands.some(({ kind }) => kind === "bigint") ? "bigint" : operands[0]!.kind;
};

const convert = (operand: Operand, kind: Operand["kind"]): string => {
  if (operand.isNull === "1") return kind === "bigint" ? "0n" : "0";
  return kind === "bigint" ? asBigint(operand) : asNumber(operand);
};

/**
 * The first alternative that applies, in a block that it leaves.
 * @param skipsNulls - whether one that is null does not apply.
 */
const emitFirst = (
  loop: Loop,
  alternatives: readonly { readonly when: Expression | undefined; readonly value: Expression }[],
  emit: Emit,
  skipsNulls: boolean,
): Operand => {
  const parts = alternatives.map(({ when, value }) => ({
    when: when === undefined ? undefined : loop.collect(() => emit(when)),
    value: loop.collect(() => emit(value)),
  }));
  const results = parts.map(({ value }) => value.result);
  const operands = results.some(({ type }) => type === "timestamp") ? results.map(asTimestamp) : results;
  const typed = withoutNulls(operands);
  const kind = commonKind(typed);
  const mayBeNull = skipsNulls
    ? operands.every(({ isNull }) => isNull !== undefined)
    : operands.some(({ isNull }) => isNull !== undefined);
  const value = loop.variable(kind === "bigint" ? "0n" : "0");
  const isNull = mayBeNull ? loop.variable("0") : undefined;
  const label = loop.label();
  loop.emit(`${label}: {`);
  for (const [index, part] of parts.entries()) {
    const operand = operands[index]!;
    if (part.when !== undefined) loop.emit(`${part.when.source}\nif (${part.when.result.value}) {`);
    loop.emit(part.value.source);
    loop.emit(`${value} = ${convert(operand, kind)};`);
    if (isNull !== undefined) loop.emit(`${isNull} = ${operand.isNull ?? "0"};`);
    loop.emit(
      skipsNulls && operand.isNull !== undefined ? `if (${operand.isNull} === 0) break ${label};` : `break ${label};`,
    );
    if (part.when !== undefined) loop.emit("}");
  }
  loop.emit("}");
  return oneOf(typed, value, isNull);
};

/** @param otherwise - the null that a case without it ends with. */
export const emitCase = (loop: Loop, { branches, otherwise }: Case, noValue: Literal, emit: Emit): Operand =>
  emitFirst(loop, [...branches, { when: undefined, value: otherwise ?? noValue }], emit, false);

const emitNullIf = (loop: Loop, a: Operand, b: Operand): Operand => {
  const nulls = [a.isNull, b.isNull];
  const equal = asBit(areEqual(a, b));
  const isEqual = nulls[1] === undefined ? equal : `${equal} & (${nulls[1]} ^ 1)`;
  const isNull = loop.let(nulls[0] === undefined ? isEqual : `${nulls[0]} | ${isEqual}`);
  const value = a.kind === "boolean" ? loop.let(`${a.value} & (${isNull} ^ 1)`) : a.value;
  return { ...a, value, isNull };
};

/** Up to so many constants are compared one after another; more are looked up. */
const COMPARED_MAX = 4;

/** @param input - no text. */
export const emitIsIn = (loop: Loop, { values }: IsIn, input: Operand, emit: Emit): Operand => {
  const constants = values.filter(({ value }) => value !== null);
  const hasNull = constants.length < values.length;
  let condition: string;
  if (constants.length <= COMPARED_MAX) {
    condition = constants.map((constant) => `(${areEqual(input, emit(constant))})`).join(" || ") || "false";
  } else {
    const isTimestamp = input.type === "timestamp" || constants.some(({ type }) => type === "timestamp");
    const tested = isTimestamp ? asTimestamp(input) : input;
    const isFloatTest = isFloat(input) || constants.some(({ type }) => isFloatType(type));
    const isBigint = tested.kind === "bigint" && !isFloatTest;
    const set = new Set<unknown>();
    for (const constant of constants) {
      const value = literalValue(constant);
      const exact = isTimestamp && constant.type === "date" ? (value as bigint) * BigInt(DAY_MICROS) : value;
      if (isBigint) set.add(exact);
      // As numbers, but for integers that none is equal to.
      else if (isFloatTest || typeof exact !== "bigint" || BigInt(Number(exact)) === exact) set.add(Number(exact));
    }
    condition = `${loop.parameter("set", set)}.has(${isBigint ? tested.value : asNumber(tested)})`;
  }
  if (!hasNull) return emitCondition(loop, condition, input.isNull);
  const found = emitCondition(loop, condition, input.isNull).value;
  return booleanOperand(found, loop.let(`${found} ^ 1`));
};

export const emitLogic = (loop: Loop, call: Call, emit: Emit): Operand | undefined => {
  switch (call.name) {
    case "and":
    case "or":
      return emitJunction(loop, call, emit);
    case "not": {
      const operand = emit(call.args[0]!);
      return booleanOperand(loop.let(decided(operand, false)), operand.isNull);
    }
    case "isNull":
    case "isNotNull": {
      const isNull = anyNull(emit(call.args[0]!)) ?? "0";
      return booleanOperand(call.name === "isNull" ? isNull : loop.let(`${isNull} ^ 1`), undefined);
    }
    case "coalesce":
      return emitFirst(
        loop,
        call.args.map((value) => ({ when: undefined, value })),
        emit,
        true,
      );
    case "nullIf":
      return emitNullIf(loop, emit(call.args[0]!), emit(call.args[1]!));
    default:
      return undefined;
  }
};
