/**
 * Well-typed expressions of a wanted type over given columns. Left out is what no rule decides: it would find opinions, not
 * mistakes.
 */
import type { Expression, Literal, ScalarType, ValueType } from "@eau2/dataframe";
import { isValidText } from "../text-bytes.js";
import { isInteger, isList, isNumeric, listOf } from "../types.js";
import type { Exact } from "../values.js";
import { booleanExpression } from "./boolean-expression.js";
import { call, column, literal } from "./build.js";
import type { Dialect } from "./dialect.js";
import { listExpression } from "./list-expression.js";
import { floatExpression, integerExpression } from "./number-expression.js";
import type { Random } from "./random.js";
import { randomScalar } from "./random-values.js";
import { textExpression } from "./text-expression.js";
import { timeExpression } from "./time-expression.js";

export interface ScopeColumn {
  readonly name: string;
  readonly type: ValueType;
  /** The same to the last bit in every engine: only such are computed with. */
  readonly isExact: boolean;
  /** Whether all of its text is UTF-8: what characters other bytes are is not decided. */
  readonly isUtf8: boolean;
}

const NARROW: readonly ValueType[] = ["int8", "int16", "int32", "float32"];
/** Types that most functions give come most often. */
const COMPUTED: readonly ScalarType[] = [
  ...Array<ScalarType[]>(3).fill(["int64", "float64", "utf8"]).flat(),
  ...(["boolean", "boolean", "date", "timestamp", "int8", "int16", "int32", "float32"] as const),
];

export class ExpressionMaker {
  constructor(
    readonly random: Random,
    readonly scope: readonly ScopeColumn[],
    readonly dialect: Dialect,
  ) {}

  /** @param depth - calls above each other, about. */
  of(type: ValueType, depth: number): Expression {
    if (depth <= 0 || this.random.chance(0.15)) return this.leaf(type);
    if (this.random.chance(0.2)) return this.#ofAnyType(type, depth);
    return this.#computed(type, depth);
  }

  /** A column where there is one. */
  leaf(type: ValueType): Expression {
    const columns = this.scope.filter((candidate) => candidate.isExact && candidate.type === type);
    if (columns.length > 0 && this.random.chance(0.75)) return column(this.random.pick(columns).name);
    if (isList(type))
      return columns.length > 0 ? column(this.random.pick(columns).name) : listExpression(this, type, 0);
    return this.literal(type as ScalarType);
  }

  literal(type: ScalarType): Literal {
    if (this.random.chance(0.08)) return literal(type, null);
    let value: Exact;
    do value = randomScalar(this.random, type, this.dialect, this.random.chance(0.03));
    while (typeof value === "string" && !isValidText(value));
    return literal(type, value);
  }

  /** Text, or a number, or a date: whatever the scope is likely to have. */
  number(depth: number): Expression {
    const types = this.scope.filter(({ type, isExact }) => isExact && isNumeric(type)).map(({ type }) => type);
    return this.of(this.random.pick([...types, "int64", "float64"] as ValueType[]), depth);
  }

  integer(depth: number): Expression {
    const types = this.scope.filter(({ type, isExact }) => isExact && isInteger(type)).map(({ type }) => type);
    return this.of(this.random.pick([...types, "int64"] as ValueType[]), depth);
  }

  moment(depth: number): Expression {
    return this.of(this.random.pick(["date", "timestamp"]), depth);
  }

  #ofAnyType(type: ValueType, depth: number): Expression {
    const inner = () => this.of(type, depth - 1);
    // Numbers beside each other are int64 or float64.
    if (NARROW.includes(type))
      return this.random.chance(0.5) ? call("nullIf", inner(), inner()) : this.cast(type as ScalarType, depth);
    switch (this.random.below(isList(type) || type === "boolean" ? 3 : 6)) {
      case 0:
        return this.#case(type, depth);
      case 1:
        return call("coalesce", inner(), inner());
      case 2:
        return isList(type) ? inner() : call("nullIf", inner(), inner());
      case 3:
        return call("least", inner(), inner());
      case 4:
        return call("greatest", inner(), inner(), inner());
      default:
        return this.cast(type as ScalarType, depth);
    }
  }

  #case(type: ValueType, depth: number): Expression {
    const branches = Array.from({ length: this.random.between(1, 2) }, () => ({
      when: this.of("boolean", depth - 1),
      value: this.of(type, depth - 1),
    }));
    return { kind: "case", branches, otherwise: this.random.chance(0.7) ? this.of(type, depth - 1) : null };
  }

  cast(type: ScalarType, depth: number): Expression {
    const from: readonly ValueType[] = isNumeric(type)
      ? ["boolean", "int64", "float64", "utf8", "int8", "float32"]
      : type === "utf8"
        ? ["boolean", "int64", "int16", "date"]
        : type === "date" || type === "timestamp"
          ? ["date", "timestamp", "utf8"]
          : [type];
    const input = this.of(this.random.pick(from), depth - 1);
    return { kind: "cast", input, type, onFailure: this.random.chance(0.9) ? "null" : "error" };
  }

  #computed(type: ValueType, depth: number): Expression {
    switch (type) {
      case "boolean":
        return booleanExpression(this, depth);
      case "int64":
        return integerExpression(this, depth);
      case "float64":
        return floatExpression(this, depth);
      case "utf8":
        return textExpression(this, depth);
      case "date":
      case "timestamp":
        return timeExpression(this, type, depth);
      default:
        if (isList(type)) return listExpression(this, type, depth);
        return this.random.chance(0.5) ? this.leaf(type) : this.cast(type as ScalarType, depth);
    }
  }

  anything(depth: number): Expression {
    return this.of(
      this.random.pick(
        this.scope
          .filter(({ isExact }) => isExact)
          .map(({ type }) => type)
          .concat("int64"),
      ),
      depth,
    );
  }

  /** Text that may be taken apart into characters. */
  characters(depth: number): Expression {
    const scope = this.scope.filter(({ isUtf8 }) => isUtf8);
    return new ExpressionMaker(this.random, scope, this.dialect).of("utf8", depth);
  }

  /** Of what is computed from the scope. */
  isUtf8(type: ValueType): boolean {
    return !type.includes("utf8") || this.scope.every((column) => column.isUtf8);
  }

  anyList(): ScopeColumn | undefined {
    const lists = this.scope.filter(({ type, isExact }) => isExact && isList(type));
    return lists.length > 0 ? this.random.pick(lists) : undefined;
  }

  leafList(type: ValueType): Expression {
    const columns = this.scope.filter((candidate) => candidate.isExact && candidate.type === type);
    if (columns.length === 0) throw new Error(`no column of type ${type}`);
    return column(this.random.pick(columns).name);
  }

  /** A type that a computed column may have. */
  anyType(): ValueType {
    const lists = this.scope.filter(({ type, isExact }) => isExact && isList(type)).map(({ type }) => type);
    if (this.random.chance(0.08)) return this.random.pick([...lists, listOf("utf8")]);
    return this.random.pick(COMPUTED);
  }

  /** Type of a key to group or sort by. */
  keyType(): ScalarType {
    return this.random.pick(["int64", "utf8", "utf8", "date", "boolean", "float64", "timestamp"]);
  }
}

export const isSortable = ({ type, isExact }: ScopeColumn): boolean => isExact && !isList(type);
