/** Well typed expressions over given columns, with values at which arithmetic and comparisons turn. */
import type { Expression, Literal, ScalarType } from "../../src/expression/expression.js";
import type { FunctionName } from "../../src/expression/functions.js";
import { literalOf } from "../../src/expression/literal-value.js";
import type { TypedColumn } from "../../src/expression/resolve-type.js";
import type { Value } from "./plain-values.js";
import type { Random } from "./random.js";

/** What a value is, whatever its width. */
export type Kind = "boolean" | "integer" | "float" | "text";

const INTEGERS = [0n, 1n, -1n, 2n, 3n, -7n, 100n, 127n, -128n];
const LARGE = [
  2n ** 31n,
  -(2n ** 31n),
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];
const FLOATS = [0, -0, 1, -1, 0.5, -2.5, 1.5, 3, 1e-320, 1e18, -1e300, 1.7e308, Number.NaN, Infinity, -Infinity];
const TEXTS = ["", "a", "A", "ab", "b", "é", "\u{1f600}", "\uffff", "constructor", "zz".repeat(20)];

export const kindOf = (type: string): Kind | undefined => {
  if (type === "boolean") return "boolean";
  if (type === "utf8") return "text";
  if (type.startsWith("int")) return "integer";
  return type.startsWith("float") ? "float" : undefined;
};

/** A value of a column, sometimes null. */
export const randomValue = (random: Random, type: string): Value => {
  if (random.once(6)) return null;
  if (type.startsWith("list<")) return random.many(random.below(3), () => randomValue(random, type.slice(5, -1)));
  switch (kindOf(type)) {
    case "boolean":
      return random.once(2);
    case "integer":
      return type === "int64" && random.once(4) ? random.pick(LARGE) : random.pick(INTEGERS);
    case "float":
      return random.pick(FLOATS);
    default:
      return random.pick(TEXTS);
  }
};

export const randomLiteral = (random: Random, kind: Kind): Literal => {
  const type: ScalarType = {
    boolean: "boolean",
    integer: random.once(3) ? "int8" : "int64",
    float: "float64",
    text: "utf8",
  }[kind] as ScalarType;
  return literalOf(type, randomValue(random, type) as never);
};

const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });

/** @param depth - levels that are left. */
export const randomExpression = (
  random: Random,
  kind: Kind,
  columns: readonly TypedColumn[],
  depth: number,
): Expression => {
  const make = (other: Kind): Expression => randomExpression(random, other, columns, depth - 1);
  if (depth <= 0 || random.once(5)) {
    const fitting = columns.filter(({ type }) => kindOf(type) === kind);
    if (fitting.length === 0 || random.once(3)) return randomLiteral(random, kind);
    return { kind: "column", name: random.pick(fitting).name };
  }
  const numeric = (): Expression => make(random.once(2) ? "integer" : "float");
  switch (random.below(10)) {
    case 0:
      return {
        kind: "case",
        branches: random.many(1 + random.below(2), () => ({
          when: make("boolean"),
          value: kind === "float" ? numeric() : make(kind),
        })),
        otherwise: random.once(3) ? null : make(kind),
      };
    case 1:
      return call("coalesce", kind === "float" ? numeric() : make(kind), make(kind));
    case 2:
      return call(random.pick(["least", "greatest", "nullIf"] as const), make(kind), make(kind));
    default:
  }
  switch (kind) {
    case "boolean":
      return randomCondition(random, make, numeric);
    case "integer":
      return randomInteger(random, make);
    case "float":
      return randomFloat(random, make, numeric);
    case "text":
      return random.once(2)
        ? call("concat", make("text"), make("text"))
        : call(random.pick(["upper", "lower"] as const), make("text"));
  }
};

const COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"] as const;

const randomCondition = (random: Random, make: (kind: Kind) => Expression, numeric: () => Expression): Expression => {
  switch (random.below(8)) {
    case 0:
      return call("not", make("boolean"));
    case 1:
      return call(random.pick(["isNull", "isNotNull"] as const), random.once(2) ? numeric() : make("text"));
    case 2: {
      const kind = random.pick(["integer", "float", "text"] as const);
      return {
        kind: "isIn",
        input: make(kind),
        values: random.many(random.below(4), () => randomLiteral(random, kind)),
      };
    }
    case 3:
      return call(random.pick(["isNaN", "isFinite"] as const), numeric());
    case 4:
    case 5:
      return call(random.pick(["and", "or"] as const), ...random.many(2 + random.below(2), () => make("boolean")));
    case 6:
      return call(random.pick([...COMPARISONS, "startsWith", "contains"] as const), make("text"), make("text"));
    default:
      return call(random.pick(COMPARISONS), numeric(), numeric());
  }
};

const randomInteger = (random: Random, make: (kind: Kind) => Expression): Expression => {
  switch (random.below(6)) {
    case 0:
      return call(random.pick(["negate", "abs", "sign", "floor"] as const), make("integer"));
    case 1:
      return call(random.pick(["length", "byteLength"] as const), make("text"));
    case 2:
      return {
        kind: "cast",
        input: make(random.pick(["float", "integer", "boolean"] as const)),
        type: random.pick(["int8", "int32", "int64"] as const),
        onFailure: random.once(3) ? "error" : "null",
      };
    default:
      return call(
        random.pick(["add", "subtract", "multiply", "intDivide", "remainder"] as const),
        make("integer"),
        make("integer"),
      );
  }
};

const randomFloat = (random: Random, make: (kind: Kind) => Expression, numeric: () => Expression): Expression => {
  switch (random.below(6)) {
    case 0:
      return call(random.pick(["negate", "abs", "sign", "floor", "ceil", "trunc", "round"] as const), make("float"));
    case 1:
      return call(random.pick(["sqrt", "exp", "ln", "log2", "log10"] as const), numeric());
    case 2:
      return { kind: "cast", input: numeric(), type: "float64", onFailure: "error" };
    case 3:
      return call(random.pick(["divide", "power"] as const), numeric(), numeric());
    default:
      return call(
        random.pick(["add", "subtract", "multiply", "intDivide", "remainder"] as const),
        make("float"),
        numeric(),
      );
  }
};
