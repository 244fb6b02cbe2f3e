/**
 * Well-typed expressions of a wanted type over given columns. Left out is what `semantics` leaves open: it would find
 * opinions, not mistakes.
 */
import type { DateUnit, Expression, Literal, ScalarType, ValueType } from "@eau2/dataframe";
import { isValidText } from "../text-bytes.js";
import { elementOf, isInteger, isList, isNumeric, listOf } from "../types.js";
import type { Exact } from "../values.js";
import { call, column, integer, literal, text, unit } from "./build.js";
import type { Dialect } from "./dialect.js";
import type { Random } from "./random.js";
import { randomScalar } from "./random-values.js";

export interface ScopeColumn {
  readonly name: string;
  readonly type: ValueType;
  /** The same to the last bit in every engine: only such are computed with. */
  readonly isExact: boolean;
}

const DATE_UNITS: readonly DateUnit[] = ["year", "quarter", "month", "week", "day"];
const TIME_UNITS: readonly DateUnit[] = ["hour", "minute", "second", "millisecond", "microsecond"];
const PATTERNS: readonly (readonly [pattern: string, groups: number])[] = [
  ["a", 0],
  ["^a", 0],
  ["b$", 0],
  ["[a-z]+", 0],
  ["(a)(b)", 2],
  ["[0-9]+", 0],
  ["(e|é)", 1],
  ["a+b", 0],
  ["[^a]", 0],
  ["q|o", 0],
];
const NARROW: readonly ValueType[] = ["int8", "int16", "int32", "float32"];
const COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
const COMPARED: readonly ScalarType[] = ["int64", "float64", "utf8", "utf8", "date", "timestamp", "boolean"];
const DATE_PARTS = ["year", "quarter", "month", "day", "dayOfYear", "dayOfWeek", "week"] as const;
const TIME_PARTS = ["hour", "minute", "second", "microsecond"] as const;
/** Types that most functions give come most often. */
const COMPUTED: readonly ScalarType[] = [
  ...([
    "int64",
    "int64",
    "int64",
    "float64",
    "float64",
    "float64",
    "utf8",
    "utf8",
    "utf8",
    "boolean",
    "boolean",
  ] as const),
  ...(["date", "timestamp", "int8", "int16", "int32", "float32"] as const),
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
    if (isList(type)) return columns.length > 0 ? column(this.random.pick(columns).name) : this.#list(type, 0);
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

  #moment(depth: number): Expression {
    return this.of(this.random.pick(["date", "timestamp"]), depth);
  }

  #ofAnyType(type: ValueType, depth: number): Expression {
    const inner = () => this.of(type, depth - 1);
    // Numbers beside each other are int64 or float64.
    if (NARROW.includes(type))
      return this.random.chance(0.5) ? call("nullIf", inner(), inner()) : this.#cast(type as ScalarType, depth);
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
        return this.#cast(type as ScalarType, depth);
    }
  }

  #case(type: ValueType, depth: number): Expression {
    const branches = Array.from({ length: this.random.between(1, 2) }, () => ({
      when: this.of("boolean", depth - 1),
      value: this.of(type, depth - 1),
    }));
    return { kind: "case", branches, otherwise: this.random.chance(0.7) ? this.of(type, depth - 1) : null };
  }

  #cast(type: ScalarType, depth: number): Expression {
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
        return this.#boolean(depth);
      case "int64":
        return this.#int64(depth);
      case "float64":
        return this.#float64(depth);
      case "utf8":
        return this.#utf8(depth);
      case "date":
      case "timestamp":
        return this.#moved(type, depth);
      default:
        if (isList(type)) return this.#list(type, depth);
        return this.random.chance(0.5) ? this.leaf(type) : this.#cast(type as ScalarType, depth);
    }
  }

  #boolean(depth: number): Expression {
    const inner = () => this.of("boolean", depth - 1);
    const words = () => this.of("utf8", depth - 1);
    switch (this.random.below(12)) {
      case 0:
      case 1:
        return call("and", inner(), inner());
      case 2:
        return this.random.chance(0.3) ? call("or", inner(), inner(), inner()) : call("or", inner(), inner());
      case 3:
        return call("not", inner());
      case 4:
        return call(this.random.pick(["isNull", "isNotNull"] as const), this.#anything(depth - 1));
      case 5:
        return this.#isIn(depth);
      case 6:
        return call(this.random.pick(["contains", "startsWith", "endsWith"] as const), words(), this.leaf("utf8"));
      case 7:
        return call("matches", words(), text(this.random.pick(PATTERNS)[0]), text(this.random.pick(["u", "iu"])));
      case 8:
        return call(this.random.pick(["isNaN", "isFinite"] as const), this.of("float64", depth - 1));
      case 9: {
        const list = this.#anyList();
        if (list !== undefined)
          return call("listContains", column(list.name), this.of(elementOf(list.type), depth - 1));
        return this.#comparison(depth);
      }
      default:
        return this.#comparison(depth);
    }
  }

  #comparison(depth: number): Expression {
    const name = this.random.pick(COMPARISONS);
    const type = this.random.pick(COMPARED);
    if (isNumeric(type)) return call(name, this.number(depth - 1), this.number(depth - 1));
    if (type === "timestamp") return call(name, this.#moment(depth - 1), this.#moment(depth - 1));
    return call(name, this.of(type, depth - 1), this.of(type, depth - 1));
  }

  #isIn(depth: number): Expression {
    const type = this.random.pick(COMPARED);
    const values = Array.from({ length: this.random.between(1, 4) }, () => this.literal(type));
    return { kind: "isIn", input: this.of(type, depth - 1), values };
  }

  #anything(depth: number): Expression {
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

  #anyList(): ScopeColumn | undefined {
    const lists = this.scope.filter(({ type, isExact }) => isExact && isList(type));
    return lists.length > 0 ? this.random.pick(lists) : undefined;
  }

  #int64(depth: number): Expression {
    const inner = () => this.integer(depth - 1);
    switch (this.random.below(10)) {
      case 0:
        return call(this.random.pick(["add", "subtract"] as const), inner(), inner());
      case 1:
        return call("multiply", inner(), this.leaf("int64"));
      case 2:
        return call(this.random.pick(["intDivide", "remainder"] as const), inner(), inner());
      case 3:
        return call(this.random.pick(["negate", "abs"] as const), inner());
      case 4:
        return call(this.random.pick(["length", "byteLength"] as const), this.of("utf8", depth - 1));
      case 5:
        return call(this.random.pick(DATE_PARTS), this.#moment(depth - 1));
      case 6:
        return call(this.random.pick(TIME_PARTS), this.of("timestamp", depth - 1));
      case 7:
        return this.random.chance(0.5)
          ? call(
              "difference",
              unit(this.random.pick(DATE_UNITS)),
              this.of("date", depth - 1),
              this.of("date", depth - 1),
            )
          : call(
              "difference",
              unit(this.random.pick([...DATE_UNITS, ...TIME_UNITS])),
              this.of("timestamp", depth - 1),
              this.of("timestamp", depth - 1),
            );
      case 8: {
        const list = this.#anyList();
        return list === undefined ? this.leaf("int64") : call("listLength", column(list.name));
      }
      default:
        return call("round", inner(), integer(-this.random.between(0, 2)));
    }
  }

  #float64(depth: number): Expression {
    const inner = () => this.of("float64", depth - 1);
    switch (this.random.below(8)) {
      case 0:
      case 1:
        return call(this.random.pick(["add", "subtract", "multiply"] as const), inner(), this.number(depth - 1));
      case 2:
        return call("divide", this.number(depth - 1), this.number(depth - 1));
      case 3:
        return call(this.random.pick(["negate", "abs"] as const), inner());
      case 4:
        return call(this.random.pick(["floor", "ceil", "trunc", "round"] as const), inner());
      case 5:
        return call("round", inner(), integer(this.random.between(-2, 4)));
      case 6:
        return call(this.random.pick(["sqrt", "exp", "ln", "log2", "log10"] as const), this.number(depth - 1));
      default:
        return call("power", inner(), literal("float64", this.random.pick([2, 0.5, -1, 3, 0])));
    }
  }

  #utf8(depth: number): Expression {
    const inner = () => this.of("utf8", depth - 1);
    switch (this.random.below(8)) {
      case 0:
        return call(this.random.pick(["lower", "upper"] as const), inner());
      case 1:
        return call(this.random.pick(["trim", "trimStart", "trimEnd"] as const), inner());
      case 2: {
        const end = this.random.chance(0.6) ? [integer(this.random.between(-4, 6))] : [];
        return call("slice", inner(), integer(this.random.between(-4, 4)), ...end);
      }
      case 3:
        return call("replace", inner(), text(this.random.pick(["a", "b", " ", "é", "__"])), this.leaf("utf8"));
      case 4: {
        const [pattern, groups] = this.random.pick(PATTERNS);
        const flags = text(this.random.pick(["u", "iu"]));
        return this.random.chance(0.5)
          ? call("extract", inner(), text(pattern), flags, integer(this.random.between(0, groups)))
          : call("replaceMatches", inner(), text(pattern), flags, text(groups > 0 ? "<$1>" : "-"));
      }
      case 5:
        return call("concat", inner(), inner());
      case 6:
        return call(
          this.random.pick(["padStart", "padEnd"] as const),
          inner(),
          integer(this.random.between(0, 8)),
          text(this.random.pick([".", "ab", "é"])),
        );
      default: {
        const list = this.#anyList();
        if (list?.type !== "list<utf8>") return this.#cast("utf8", depth);
        return call("listGet", column(list.name), integer(this.random.between(0, 3)));
      }
    }
  }

  #moved(type: "date" | "timestamp", depth: number): Expression {
    const units = type === "date" ? DATE_UNITS : [...DATE_UNITS, ...TIME_UNITS];
    const inner = () => this.of(type, depth - 1);
    switch (this.random.below(type === "date" ? 4 : 3)) {
      case 0:
        return call("truncate", inner(), unit(this.random.pick(units)));
      case 1:
        return call("plus", inner(), integer(this.random.between(-30, 30)), unit(this.random.pick(units)));
      case 2:
        return this.#cast(type, depth);
      default:
        return call(
          "makeDate",
          integer(this.random.between(1890, 2100)),
          integer(this.random.between(1, 12)),
          integer(this.random.between(1, 28)),
        );
    }
  }

  /** There are no literals of lists. */
  #list(type: ValueType, depth: number): Expression {
    if (type === "list<utf8>")
      return call("split", this.of("utf8", depth - 1), text(this.random.pick([",", "a", " ", "é"])));
    return this.leafList(type);
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
