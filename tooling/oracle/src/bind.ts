/** An expression over the columns of a table, as a function of a row. Nothing is fast here, and everything is checked by eye. */
import type { Case, Expression, IsIn, Literal, PlanColumn, ValueType } from "@eau2/dataframe";
import { castValue } from "./cast.js";
import { callFunction } from "./functions/call-function.js";
import { bytesOf } from "./text-bytes.js";
import { commonType, isFloat } from "./types.js";
import { compareValues, type Exact, exactOf, type Row, type Value } from "./values.js";

export interface Bound {
  readonly type: ValueType;
  /** A column by itself keeps how far off it may be; whatever is computed does not. */
  readonly of: (row: Row) => Value;
}

/** @throws Error for a column that is not there and for types that do not fit. */
export const bind = (expression: Expression, columns: readonly PlanColumn[]): Bound => {
  switch (expression.kind) {
    case "column":
      return bindColumn(expression.name, columns);
    case "literal": {
      const value = literalValue(expression);
      return { type: expression.type, of: () => value };
    }
    case "call":
      return callFunction(
        expression.name,
        expression.args.map((arg) => bind(arg, columns)),
        expression.args,
      );
    case "case":
      return bindCase(expression, columns);
    case "isIn":
      return bindIsIn(expression, columns);
    case "cast": {
      const input = bind(expression.input, columns);
      const { type, onFailure } = expression;
      return { type, of: (row) => castValue(exactOf(input.of(row)), input.type, type, onFailure) };
    }
    default:
      return expression satisfies never;
  }
};

const bindColumn = (name: string, columns: readonly PlanColumn[]): Bound => {
  const index = columns.findIndex((column) => column.name === name);
  if (index < 0) throw new Error(`no column "${name}"`);
  return { type: columns[index]!.type, of: (row) => row[index]! };
};

const literalValue = ({ type, value }: Literal): Exact => {
  if (value === null || typeof value === "boolean") return value;
  if (type === "utf8") return bytesOf(String(value));
  if (type === "float32") return Math.fround(Number(value));
  return isFloat(type) ? Number(value) : BigInt(value);
};

/** Only what a row needs is computed: a condition guards its branch. */
const bindCase = ({ branches, otherwise }: Case, columns: readonly PlanColumn[]): Bound => {
  const bound = branches.map(({ when, value }) => ({ when: bind(when, columns), value: bind(value, columns) }));
  const last = otherwise === null ? undefined : bind(otherwise, columns);
  const type = typeOfAll([...branches.map(({ value }) => value), ...(otherwise ? [otherwise] : [])], columns);
  return {
    type,
    of: (row) => {
      const chosen = bound.find(({ when }) => when.of(row) === true)?.value ?? last;
      return chosen === undefined ? null : convert(chosen, type, row);
    },
  };
};

/** A null constant has the type of what it stands beside. */
const typeOfAll = (expressions: readonly Expression[], columns: readonly PlanColumn[]): ValueType => {
  const typed = expressions.filter((expression) => expression.kind !== "literal" || expression.value !== null);
  return commonType((typed.length > 0 ? typed : expressions.slice(0, 1)).map((other) => bind(other, columns).type));
};

/** A value of `bound` in a type that {@link commonType} gave. */
export const convert = (bound: Bound, type: ValueType, row: Row): Exact =>
  bound.type === type || bound.of(row) === null
    ? exactOf(bound.of(row))
    : castValue(exactOf(bound.of(row)), bound.type, type as Exclude<ValueType, `list<${string}>`>, "error");

const bindIsIn = ({ input, values }: IsIn, columns: readonly PlanColumn[]): Bound => {
  const bound = bind(input, columns);
  const type = commonType([bound.type, ...values.filter(({ value }) => value !== null).map((value) => value.type)]);
  const members = values.map((value) => convert(bind(value, columns), type, []));
  return {
    type: "boolean",
    of: (row) => {
      const value = convert(bound, type, row);
      if (value === null) return null;
      if (members.some((member) => member !== null && compareValues(member, value) === 0)) return true;
      return members.includes(null) ? null : false;
    },
  };
};
