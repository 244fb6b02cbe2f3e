/**
 * What the rows of a chunk can give for an expression, from what is known about its columns: a superset, never less. Chunks
 * in which a condition cannot be true are not read, integers that stay below 2^53 are computed as numbers, and exact sums
 * of floats are scaled by the largest magnitude. Each part is bounded by itself: `x - x` is not seen to be 0.
 */
import { castBounds } from "./bounds/cast-bounds.js";
import { possibleOrders } from "./bounds/compare-bounds.js";
import { functionBounds } from "./bounds/function-bounds.js";
import { type ColumnStatistics, valuesOfColumn, valuesOfLiteral } from "./bounds/leaf-bounds.js";
import { type Alternative, asCommon, oneOf } from "./bounds/one-of.js";
import { type Bounds, booleans, boundsOfType, type ValueBounds } from "./bounds/value-bounds.js";
import type { Call, Case, Cast, Expression, IsIn, ValueType } from "./expression.js";
import { mayFail } from "./may-fail.js";
import { resolveType } from "./resolve-type.js";
import { commonType } from "./value-types.js";

/** @param statistics - of every column that the expression names. */
export const boundsOf = (expression: Expression, statistics: readonly ColumnStatistics[]): Bounds =>
  new Bounder(statistics).bounds(expression);

const NOTHING: Bounds = { values: undefined, mayBeNull: true, mayFail: false };

class Bounder {
  readonly #columns: ReadonlyMap<string, ColumnStatistics>;
  readonly #known = new Map<Expression, Bounds>();

  constructor(private readonly statistics: readonly ColumnStatistics[]) {
    this.#columns = new Map(statistics.map((column) => [column.name, column]));
  }

  bounds(node: Expression): Bounds {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const bounds = this.#boundsOf(node);
    this.#known.set(node, bounds);
    return bounds;
  }

  #type(node: Expression): ValueType {
    return resolveType(node, this.statistics);
  }

  #boundsOf(node: Expression): Bounds {
    switch (node.kind) {
      case "column": {
        const column = this.#columns.get(node.name)!;
        return { values: valuesOfColumn(column), mayBeNull: column.nullCount !== 0, mayFail: false };
      }
      case "literal":
        return { values: valuesOfLiteral(node), mayBeNull: node.value === null, mayFail: false };
      case "case":
        return this.#case(node);
      case "isIn":
        return this.#isIn(node);
      case "cast":
        return this.#cast(node);
      case "call":
        return this.#call(node);
      default:
        return node satisfies never;
    }
  }

  #case(node: Case): Bounds {
    const reached: Alternative[] = [];
    let mayFail = false;
    let isDecided = false;
    for (const { when, value } of node.branches) {
      const condition = this.bounds(when);
      mayFail ||= condition.mayFail;
      if (mayBe(condition, true)) reached.push({ bounds: this.bounds(value), type: this.#type(value) });
      isDecided = !mayBe(condition, false) && !condition.mayBeNull;
      if (isDecided) break;
    }
    if (!isDecided) {
      const { otherwise } = node;
      reached.push(
        otherwise === null
          ? { bounds: NOTHING, type: this.#type(node) }
          : { bounds: this.bounds(otherwise), type: this.#type(otherwise) },
      );
    }
    return {
      values: oneOf(this.#type(node), reached),
      mayBeNull: reached.some(({ bounds }) => bounds.mayBeNull),
      mayFail: mayFail || reached.some(({ bounds }) => bounds.mayFail),
    };
  }

  /** All are compared as what they have in common: one float makes floats of them. */
  #isIn({ input, values }: IsIn): Bounds {
    const { values: bounds, mayBeNull, mayFail } = this.bounds(input);
    const hasNull = values.some(({ value }) => value === null);
    const others = { mayBeNull: mayBeNull || hasNull, mayFail };
    if (bounds === undefined) return { ...others, values: undefined };
    const type = this.#type(input);
    const common = values.reduce(
      (met, literal) => (literal.value === null ? met : commonType(met, literal.type)!),
      type,
    );
    const asTested = (set: ValueBounds, own: ValueType): ValueBounds => asCommon(set, own, common);
    const orders = values.flatMap((literal) => {
      const point = valuesOfLiteral(literal);
      if (point === undefined) return [];
      return [possibleOrders(asTested(bounds, type), asTested(point, literal.type), [common, common])];
    });
    const mayMatch = orders.some(({ equal }) => equal);
    const mustMatch = orders.some(({ less, greater }) => !less && !greater);
    return { ...others, values: booleans(mayMatch, !mustMatch && !hasNull) };
  }

  #cast({ input, type, onFailure }: Cast): Bounds {
    const { values, mayBeNull, mayFail } = this.bounds(input);
    if (values === undefined) return { values, mayBeNull, mayFail };
    const cast = castBounds(values, this.#type(input), type);
    return {
      values: cast.values,
      mayBeNull: mayBeNull || (cast.mayMisfit && onFailure === "null"),
      mayFail: mayFail || (cast.mayMisfit && onFailure === "error"),
    };
  }

  #call(call: Call): Bounds {
    const { name, args } = call;
    switch (name) {
      case "and":
      case "or":
        return this.#junction(call);
      case "not": {
        const inner = this.bounds(args[0]!);
        return { ...inner, values: inner.values && booleans(mayBe(inner, false), mayBe(inner, true)) };
      }
      case "isNull":
      case "isNotNull": {
        const { values, mayBeNull, mayFail } = this.bounds(args[0]!);
        const [isNull, isThere] = [mayBeNull, values !== undefined];
        return {
          values: name === "isNull" ? booleans(isNull, isThere) : booleans(isThere, isNull),
          mayBeNull: false,
          mayFail,
        };
      }
      case "coalesce":
      case "least":
      case "greatest":
        return this.#choice(call);
      case "nullIf": {
        const [value, other] = [this.bounds(args[0]!), this.bounds(args[1]!)];
        return { values: value.values, mayBeNull: true, mayFail: value.mayFail || other.mayFail };
      }
      default:
        return this.#strict(call);
    }
  }

  /** From left to right until one decides; what is behind it is not reached. */
  #junction({ name, args }: Call): Bounds {
    const decides = name === "or";
    const reached: Bounds[] = [];
    for (const arg of args) {
      const bounds = this.bounds(arg);
      reached.push(bounds);
      if (!mayBe(bounds, !decides) && !bounds.mayBeNull) break;
    }
    const mayFail = reached.some((bounds) => bounds.mayFail);
    const mayDecide = reached.some((bounds) => mayBe(bounds, decides));
    const mustDecide = reached.some((bounds) => !mayBe(bounds, !decides) && !bounds.mayBeNull);
    const mayNotDecide = reached.every((bounds) => mayBe(bounds, !decides));
    return {
      values:
        mayDecide || mayNotDecide
          ? booleans(decides ? mayDecide : mayNotDecide, decides ? mayNotDecide : mayDecide)
          : undefined,
      mayBeNull: !mustDecide && reached.some((bounds) => bounds.mayBeNull),
      mayFail,
    };
  }

  /** One of the arguments. */
  #choice(call: Call): Bounds {
    const parts = call.args.map((arg) => ({ bounds: this.bounds(arg), type: this.#type(arg) }));
    const end = call.name === "coalesce" ? parts.findIndex(({ bounds }) => !bounds.mayBeNull) : -1;
    const reached = end < 0 ? parts : parts.slice(0, end + 1);
    return {
      values: oneOf(this.#type(call), reached),
      mayBeNull: reached.every(({ bounds }) => bounds.mayBeNull),
      mayFail: reached.some(({ bounds }) => bounds.mayFail),
    };
  }

  /** Null where an argument is null. */
  #strict(call: Call): Bounds {
    const args = call.args.map((arg) => this.bounds(arg));
    const anyNull = args.some(({ mayBeNull }) => mayBeNull);
    const anyFailure = args.some((bounds) => bounds.mayFail);
    const values = args.flatMap((bounds) => (bounds.values === undefined ? [] : [bounds.values]));
    // Where one is always null, so is the result.
    if (values.length < args.length) return { values: undefined, mayBeNull: anyNull, mayFail: anyFailure };
    const types = call.args.map((arg) => this.#type(arg));
    const own = functionBounds(call, types, values) ?? {
      values: boundsOfType(this.#type(call)),
      mayBeNull: true,
      mayFail: mayFail(call, this.statistics),
    };
    return { values: own.values, mayBeNull: anyNull || own.mayBeNull, mayFail: anyFailure || own.mayFail };
  }
}

const mayBe = ({ values }: Bounds, truth: boolean): boolean => {
  if (values === undefined) return false;
  return values.kind !== "booleans" || (truth ? values.mayBeTrue : values.mayBeFalse);
};
