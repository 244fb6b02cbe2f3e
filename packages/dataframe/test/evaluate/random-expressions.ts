/** Expressions of a wanted type over the columns that are there, with constants that make trouble. */
import type { Expression, Literal, ScalarType, ValueType } from "../../src/expression/expression.js";
import { DATE_UNITS, type DateUnit, type FunctionName } from "../../src/expression/functions.js";
import type { PlainValue } from "./plain-interpreter.js";
import type { Random } from "./random.js";
import { randomValues } from "./random-vectors.js";

export interface RandomColumn {
  readonly name: string;
  readonly type: ValueType;
}

export const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });

const literalOf = (type: ScalarType, value: PlainValue): Literal => {
  if (value === null || typeof value === "boolean" || typeof value === "string")
    return { kind: "literal", type, value };
  if (typeof value === "bigint") return { kind: "literal", type, value: value.toString() };
  const number = value as number;
  const isPlain = Number.isFinite(number) && !Object.is(number, -0);
  return { kind: "literal", type, value: isPlain ? number : Object.is(number, -0) ? "-0" : String(number) };
};

const unit = (name: DateUnit): Literal => literalOf("utf8", name);

const DATE_PARTS = [
  "year",
  "quarter",
  "month",
  "day",
  "dayOfYear",
  "dayOfWeek",
  "week",
  "hour",
  "minute",
  "second",
  "microsecond",
] as const;

export const LIST_TYPES = ["list<utf8>", "list<int64>", "list<float64>", "list<boolean>", "list<date>"] as const;
type ListType = (typeof LIST_TYPES)[number];

/** Types of values that a list may be asked for. */
const ASKED_OF: Readonly<Partial<Record<ListType, readonly ScalarType[]>>> = {
  "list<utf8>": ["utf8"],
  "list<int64>": ["int64", "float64"],
  "list<float64>": ["float64", "int64"],
  "list<date>": ["date", "timestamp"],
};

const NUMBERS: readonly ScalarType[] = ["int8", "int16", "int32", "int64", "int64", "float64", "float32"];
const INTEGERS: readonly ScalarType[] = ["int8", "int16", "int32", "int64"];

export class RandomExpressions {
  /** Lists are columns, or are made of such: only of those types that there are. */
  readonly #listTypes: readonly ListType[];

  constructor(
    private readonly random: Random,
    private readonly columns: readonly RandomColumn[],
  ) {
    this.#listTypes = LIST_TYPES.filter((list) => columns.some(({ type }) => type === list));
  }

  /** Makers that need a list of one of `types`; none where there is no such column. */
  #ofLists(types: readonly ListType[], make: (type: ListType) => Expression): readonly (() => Expression)[] {
    const there = types.filter((type) => this.#listTypes.includes(type));
    return there.length === 0 ? [] : [() => make(this.random.pick(there))];
  }

  literal(type: ScalarType): Literal {
    const { random } = this;
    return literalOf(
      type,
      random.chance(0.1) ? null : (randomValues(random, type, 8).find((value) => value !== null) ?? null),
    );
  }

  #leaf(type: ScalarType): Expression {
    const columns = this.columns.filter((column) => column.type === type);
    if (columns.length === 0 || this.random.chance(0.25)) return this.literal(type);
    return { kind: "column", name: this.random.pick(columns).name };
  }

  /** An expression whose type is exactly `type`, unless `type` is int64 or float64: then numbers that become it. */
  of(type: ScalarType, depth: number): Expression {
    const { random } = this;
    if (depth <= 0 || random.chance(0.15)) return this.#leaf(type);
    const makers = this.#makers(type, depth - 1);
    return random.pick(makers)();
  }

  #number(depth: number): Expression {
    return this.of(this.random.pick(NUMBERS), depth);
  }

  #integer(depth: number): Expression {
    return this.of(this.random.pick(INTEGERS), depth);
  }

  list(type: ListType, depth: number): Expression {
    const { random } = this;
    const columns = this.columns.filter((column) => column.type === type);
    const column = (): Expression => ({ kind: "column", name: random.pick(columns).name });
    if (depth <= 0 || random.chance(0.4)) return column();
    const makers = [
      column,
      () => call("coalesce", this.list(type, depth - 1), this.list(type, depth - 1)),
      (): Expression => ({
        kind: "case",
        branches: [{ when: this.of("boolean", depth - 1), value: this.list(type, depth - 1) }],
        otherwise: random.chance(0.5) ? this.list(type, depth - 1) : random.pick([null, literalOf("boolean", null)]),
      }),
    ];
    if (type === "list<utf8>") makers.push(() => call("split", this.#text(depth - 1), this.#text(depth - 1)));
    return random.pick(makers)();
  }

  #element(type: ScalarType, depth: number): Expression {
    const position = this.random.chance(0.8)
      ? literalOf("int64", BigInt(this.random.below(7) - 3))
      : this.#integer(depth);
    return call("listGet", this.list(`list<${type}>` as ListType, depth), position);
  }

  /** Two of a kind. */
  #pair(depth: number): [Expression, Expression] {
    const { random } = this;
    if (random.chance(0.5)) return [this.#number(depth), this.#number(depth)];
    const type = random.pick<ScalarType>(["boolean", "date", "timestamp", "utf8", "utf8", "utf8"]);
    return [this.of(type, depth), this.of(type === "date" && random.chance(0.3) ? "timestamp" : type, depth)];
  }

  #case(type: ScalarType, depth: number): Expression {
    const branches = Array.from({ length: 1 + this.random.below(2) }, () => ({
      when: this.of("boolean", depth),
      value: this.of(type, depth),
    }));
    return { kind: "case", branches, otherwise: this.random.chance(0.7) ? this.of(type, depth) : null };
  }

  #cast(type: ScalarType, depth: number): Expression {
    const from: readonly ScalarType[] =
      type === "date" || type === "timestamp" ? ["date", "timestamp", "utf8"] : [...NUMBERS, "boolean", "utf8", "utf8"];
    return {
      kind: "cast",
      input: this.of(this.random.pick(from), depth),
      type,
      onFailure: this.random.chance(0.6) ? "null" : "error",
    };
  }

  #makers(type: ScalarType, depth: number): readonly (() => Expression)[] {
    const { random } = this;
    const any = [
      () => this.#cast(type, depth),
      () => this.#case(type, depth),
      () => call("nullIf", this.of(type, depth), this.of(type, depth)),
    ];
    const choices = [
      () =>
        call(
          random.pick(["coalesce", "least", "greatest"]),
          this.of(type, depth),
          this.of(type, depth),
          this.of(type, depth),
        ),
    ];
    switch (type) {
      case "boolean":
        return [
          ...any,
          ...choices,
          () => call(random.pick(["eq", "ne", "lt", "le", "gt", "ge"]), ...this.#pair(depth)),
          () => call(random.pick(["eq", "ne", "lt", "le", "gt", "ge"]), ...this.#pair(depth)),
          () => call(random.pick(["and", "or"]), this.of("boolean", depth), this.of("boolean", depth)),
          () =>
            call(
              random.pick(["and", "or"]),
              this.of("boolean", depth),
              this.of("boolean", depth),
              this.of("boolean", depth),
            ),
          ...this.#ofLists(LIST_TYPES, (list) => call("isNull", this.list(list, depth))),
          ...this.#ofLists(["list<utf8>", "list<int64>", "list<float64>", "list<date>"], (list) =>
            call("listContains", this.list(list, depth), this.of(random.pick(ASKED_OF[list]!), depth)),
          ),
          ...this.#ofLists(["list<boolean>"], () => this.#element("boolean", depth)),
          () => call("not", this.of("boolean", depth)),
          () => call(random.pick(["isNull", "isNotNull"]), this.#pair(depth)[0]),
          () => call(random.pick(["contains", "startsWith", "endsWith"]), this.#text(depth), this.#text(depth)),
          () => call("matches", this.#text(depth), ...this.#pattern()),
          () => call(random.pick(["isNaN", "isFinite"]), this.#number(depth)),
          () => this.#isIn(depth),
        ];
      case "int64":
        return [
          ...any,
          ...choices,
          ...(["add", "subtract", "multiply", "intDivide", "remainder"] as const).map(
            (name) => () => call(name, this.#integer(depth), this.#integer(depth)),
          ),
          () => call(random.pick(["negate", "abs", "sign", "floor", "ceil", "trunc", "round"]), this.#integer(depth)),
          () => call(random.pick(["length", "byteLength"]), this.#text(depth)),
          () => call(random.pick(DATE_PARTS), this.of(random.pick<ScalarType>(["date", "timestamp"]), depth)),
          () => call(random.pick(DATE_PARTS), this.of(random.pick<ScalarType>(["date", "timestamp"]), depth)),
          () => call("difference", unit(random.pick(DATE_UNITS)), this.#time(depth), this.#time(depth)),
          ...this.#ofLists(LIST_TYPES, (list) => call("listLength", this.list(list, depth))),
          ...this.#ofLists(["list<int64>"], () => this.#element("int64", depth)),
          () => call("round", this.#integer(depth), literalOf("int64", BigInt(random.below(24) - 20))),
        ];
      case "float64": {
        const float = (): Expression => this.of("float64", depth);
        return [
          ...any,
          ...choices,
          ...(["add", "subtract", "multiply", "intDivide", "remainder"] as const).map(
            (name) => () =>
              random.chance(0.5) ? call(name, float(), this.#number(depth)) : call(name, this.#number(depth), float()),
          ),
          () => call(random.pick(["divide", "power"]), this.#number(depth), this.#number(depth)),
          () => call(random.pick(["negate", "abs", "sign", "floor", "ceil", "trunc", "round"]), float()),
          () => call("round", float(), literalOf("int64", BigInt(random.below(13) - 6))),
          () => call(random.pick(["sqrt", "exp", "ln", "log2", "log10"]), this.#number(depth)),
        ];
      }
      case "date":
      case "timestamp":
        return [...any, ...choices, ...this.#times(type, depth)];
      case "utf8":
        return [
          ...any,
          ...choices,
          ...this.#texts(depth),
          ...this.#ofLists(["list<utf8>"], () => this.#element("utf8", depth)),
        ];
      default:
        return any;
    }
  }

  #time(depth: number): Expression {
    return this.of(this.random.pick<ScalarType>(["date", "timestamp"]), depth);
  }

  #times(type: "date" | "timestamp", depth: number): readonly (() => Expression)[] {
    const { random } = this;
    const units = type === "date" ? DATE_UNITS.slice(0, 5) : DATE_UNITS;
    const steps = (): Expression =>
      random.chance(0.9) ? literalOf("int64", BigInt(random.below(2001) - 1000)) : this.#integer(depth);
    const small = (limit: number): Expression => literalOf("int32", BigInt(random.below(limit)));
    return [
      () => call("truncate", this.of(type, depth), unit(random.pick(units))),
      () => call("plus", this.of(type, depth), steps(), unit(random.pick(units))),
      ...(type === "date"
        ? [() => call("makeDate", literalOf("int64", BigInt(random.below(5000) - 2000)), small(14), small(33))]
        : []),
    ];
  }

  #text(depth: number): Expression {
    return this.of("utf8", depth);
  }

  /** Pattern and flags. */
  #pattern(): [Literal, Literal] {
    const { random } = this;
    const pattern = random.pick(["a", "^[a-z]+$", "(\\d)(\\d)?", "x*", ".$", "B|(b)", "\\s", "[^a]"]);
    return [literalOf("utf8", pattern), literalOf("utf8", random.pick(["", "", "i", "u", "v", "s", "im"]))];
  }

  #texts(depth: number): readonly (() => Expression)[] {
    const { random } = this;
    const text = (): Expression => this.#text(depth);
    const position = (): Expression =>
      random.chance(0.7) ? literalOf("int64", BigInt(random.below(9) - 4)) : call("length", text());
    return [
      () => call(random.pick(["lower", "upper", "trim", "trimStart", "trimEnd"]), text()),
      () => call("slice", text(), position()),
      () => call("slice", text(), position(), position()),
      () => call("replace", text(), text(), text()),
      () => call("concat", text(), text()),
      () => call("concat", text(), this.literal("utf8"), text()),
      () => call(random.pick(["padStart", "padEnd"]), text(), position(), text()),
      () =>
        call(
          "extract",
          text(),
          literalOf("utf8", "(\\d)(\\d)?"),
          literalOf("utf8", ""),
          literalOf("int64", BigInt(random.below(3))),
        ),
      () => call("replaceMatches", text(), ...this.#pattern(), literalOf("utf8", random.pick(["", "<$&>", "$$"]))),
    ];
  }

  #isIn(depth: number): Expression {
    const { random } = this;
    const type = random.pick<ScalarType>(["int64", "int8", "float64", "date", "boolean", "utf8", "utf8"]);
    const kinds: readonly ScalarType[] =
      type === "int64" || type === "float64" ? ["int64", "float64"] : type === "date" ? ["date", "timestamp"] : [type];
    const values = Array.from({ length: random.below(9) }, () => this.literal(random.pick(kinds)));
    return { kind: "isIn", input: this.of(type, depth), values };
  }
}
