import assert from "node:assert/strict";
import { isEau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { constantOf, nullOf } from "../../src/expression/constant.js";
import type { Expression, ScalarType, ValueType } from "../../src/expression/expression.js";
import { FUNCTION_NAMES, type FunctionName } from "../../src/expression/functions.js";
import { resolveType } from "../../src/expression/resolve-type.js";

/** A column of each type, under a short name. */
const COLUMNS = [
  { name: "b", type: "boolean" },
  { name: "i8", type: "int8" },
  { name: "i", type: "int64" },
  { name: "f32", type: "float32" },
  { name: "f", type: "float64" },
  { name: "s", type: "utf8" },
  { name: "d", type: "date" },
  { name: "t", type: "timestamp" },
  { name: "ls", type: "list<utf8>" },
  { name: "li", type: "list<int64>" },
] as const;

/** A column by its name; anything else is a constant. */
const arg = (written: string | number | { readonly text: string }): Expression => {
  if (typeof written === "string") return { kind: "column", name: written };
  return constantOf(typeof written === "number" ? written : written.text);
};
const text = (value: string) => ({ text: value });
const call = (name: FunctionName, args: readonly Parameters<typeof arg>[0][]): Expression => ({
  kind: "call",
  name,
  args: args.map(arg),
});

type Case = readonly [args: readonly Parameters<typeof arg>[0][], type: ValueType | RegExp];

const promoted = (...more: string[]): readonly Case[] => [
  [["i8", ...more.map(() => "i")], "int64"],
  [["f32", ...more.map(() => "f32")], "float64"],
  [["i", ...more.map(() => "f")], more.length === 0 ? "int64" : "float64"],
  [["s", ...more], /^TYPE_MISMATCH the 1st argument of \w+ must be a number; it is utf8: column "s"$/],
];
const ofNumber = (type: ValueType): readonly Case[] => [
  [["i8"], type],
  [["f"], type],
  [["d"], /^TYPE_MISMATCH the 1st argument of \w+ must be a number; it is date: column "d"$/],
];
const comparison: readonly Case[] = [
  [["i8", "f"], "boolean"],
  [["s", "s"], "boolean"],
  [["b", "b"], "boolean"],
  [["d", "t"], "boolean"],
  [
    ["i", "s"],
    /^TYPE_MISMATCH the 2nd argument of \w+ must be of a kind with the int64 before it; it is utf8: column "s"$/,
  ],
  [
    ["b", 1],
    /^TYPE_MISMATCH the 2nd argument of \w+ must be of a kind with the boolean before it; it is int64: the constant 1$/,
  ],
  [["ls", "ls"], /^TYPE_MISMATCH the 1st argument of \w+ must be a single value, not a list; it is list<utf8>/],
];
const choice: readonly Case[] = [
  [["i8", "i8"], "int64"],
  [["i8", "i", "f32"], "float64"],
  [["s", "s"], "utf8"],
  [["d", "t"], "timestamp"],
  [["d", "d"], "date"],
  [["b"], /^USAGE \w+ takes 2 or more arguments, and has 1$/],
  [["i", "i", "s"], /^TYPE_MISMATCH the 3rd argument of \w+ must be of a kind with the int64 before it; it is utf8/],
];
const truths: readonly Case[] = [
  [["b", "b", "b"], "boolean"],
  [["b"], /^USAGE \w+ takes 2 or more arguments, and has 1$/],
  [["b", "i"], /^TYPE_MISMATCH the 2nd argument of \w+ must be a boolean; it is int64: column "i"$/],
];
const ofText = (type: ValueType): readonly Case[] => [
  [["s"], type],
  [["i"], /^TYPE_MISMATCH the 1st argument of \w+ must be text; it is int64: column "i"$/],
  [["s", "s"], /^USAGE \w+ takes 1 arguments, and has 2$/],
];
const search: readonly Case[] = [
  [["s", "s"], "boolean"],
  [["s", text("x")], "boolean"],
  [["s", 5], /^TYPE_MISMATCH the 2nd argument of \w+ must be text; it is int64: the constant 5$/],
];
const padded: readonly Case[] = [
  [["s", "i", "s"], "utf8"],
  [["s", 5, text(" ")], "utf8"],
  [["s", "f", "s"], /^TYPE_MISMATCH the 2nd argument of \w+ must be an integer; it is float64/],
];
const part: readonly Case[] = [
  [["d"], "int64"],
  [["t"], "int64"],
  [["s"], /^TYPE_MISMATCH the 1st argument of \w+ must be a date or a timestamp; it is utf8: column "s"$/],
];
const badPatterns = (...more: Parameters<typeof arg>[0][]): readonly Case[] => [
  [["s", text("("), text(""), ...more], /^USAGE \w+: Invalid regular expression: \/\(\/: Unterminated group$/],
  [["s", text("a"), text("g"), ...more], /^USAGE \w+: the flags "g" are not some of i, m, s, u and v$/],
  [["s", "s", text(""), ...more], /^USAGE the 2nd argument of \w+ must be text that is a constant; it is column "s"$/],
];

const TABLE: Readonly<Record<FunctionName, readonly Case[]>> = {
  add: promoted("i"),
  subtract: promoted("i"),
  multiply: promoted("i"),
  divide: [
    [["i", "i"], "float64"],
    [["f32", "i8"], "float64"],
    [["i", "b"], /^TYPE_MISMATCH the 2nd argument of divide must be a number; it is boolean: column "b"$/],
  ],
  intDivide: promoted("i"),
  remainder: promoted("i"),
  negate: promoted(),
  abs: promoted(),
  sign: promoted(),
  round: [
    ...promoted(),
    [["f", 2], "float64"],
    [["i8", -1], "int64"],
    [["f", "i"], /^USAGE the 2nd argument of round must be an integer that is a constant; it is column "i"$/],
    [["f", 1.5], /^TYPE_MISMATCH the 2nd argument of round must be an integer that is a constant; it is float64/],
    [["f", 23], /^USAGE round: 23 digits are not within -22 to 22$/],
  ],
  floor: promoted(),
  ceil: promoted(),
  trunc: promoted(),
  sqrt: ofNumber("float64"),
  exp: ofNumber("float64"),
  ln: ofNumber("float64"),
  log2: ofNumber("float64"),
  log10: ofNumber("float64"),
  power: [
    [["i", "i"], "float64"],
    [["f"], /^USAGE power takes 2 arguments, and has 1$/],
  ],
  isNaN: ofNumber("boolean"),
  isFinite: ofNumber("boolean"),
  eq: comparison,
  ne: comparison,
  lt: comparison,
  le: comparison,
  gt: comparison,
  ge: comparison,
  least: choice,
  greatest: choice,
  and: truths,
  or: truths,
  not: [
    [["b"], "boolean"],
    [["i"], /^TYPE_MISMATCH the 1st argument of not must be a boolean; it is int64: column "i"$/],
  ],
  isNull: [
    [["ls"], "boolean"],
    [["t"], "boolean"],
  ],
  isNotNull: [[["b"], "boolean"]],
  coalesce: [...choice, [["ls", "ls"], "list<utf8>"], [["ls", "li"], /^TYPE_MISMATCH the 2nd argument of coalesce/]],
  nullIf: [
    [["i8", "i"], "int8"],
    [["f", 0], "float64"],
    [["s", 0], /^TYPE_MISMATCH the 2nd argument of nullIf must be of a kind with the utf8 before it/],
  ],
  length: ofText("int64"),
  byteLength: ofText("int64"),
  lower: ofText("utf8"),
  upper: ofText("utf8"),
  trim: ofText("utf8"),
  trimStart: ofText("utf8"),
  trimEnd: ofText("utf8"),
  slice: [
    [["s", 1], "utf8"],
    [["s", "i8", "i"], "utf8"],
    [["s"], /^USAGE slice takes 2 to 3 arguments, and has 1$/],
    [["s", "f"], /^TYPE_MISMATCH the 2nd argument of slice must be an integer; it is float64/],
  ],
  contains: search,
  startsWith: search,
  endsWith: search,
  replace: [
    [["s", text("a"), text("b")], "utf8"],
    [["s", "s", "i"], /^TYPE_MISMATCH the 3rd argument of replace must be text; it is int64/],
  ],
  matches: [[["s", text("^a+$"), text("iu")], "boolean"], ...badPatterns()],
  extract: [
    [["s", text("(a)(?<x>b)"), text(""), 2], "utf8"],
    [["s", text("a"), text(""), 0], "utf8"],
    [["s", text("(a)"), text(""), 2], /^USAGE extract: there is no group 2: the pattern has the groups 0 to 1$/],
    [["s", text("(a)"), text(""), -1], /^USAGE extract: there is no group -1/],
    [["s", text("(a)"), text(""), "i"], /^USAGE the 4th argument of extract must be an integer that is a constant/],
    ...badPatterns(0),
  ],
  replaceMatches: [[["s", text("a"), text(""), text("$&b")], "utf8"], ...badPatterns(text(""))],
  split: [
    [["s", text(",")], "list<utf8>"],
    [["ls", text(",")], /^TYPE_MISMATCH the 1st argument of split must be text; it is list<utf8>/],
  ],
  concat: [
    [["s", "s", "s"], "utf8"],
    [["s"], /^USAGE concat takes 2 or more arguments, and has 1$/],
    [["s", "i"], /^TYPE_MISMATCH the 2nd argument of concat must be text; it is int64/],
  ],
  padStart: padded,
  padEnd: padded,
  year: part,
  quarter: part,
  month: part,
  day: part,
  dayOfYear: part,
  dayOfWeek: part,
  week: part,
  hour: part,
  minute: part,
  second: part,
  microsecond: part,
  truncate: [
    [["d", text("month")], "date"],
    [["t", text("hour")], "timestamp"],
    [["d", text("hour")], /^TYPE_MISMATCH the 1st argument of truncate must be a timestamp for the unit hour \(cast/],
    [["d", text("fortnight")], /^USAGE truncate: "fortnight" is none of year, quarter, month, week, day, hour, /],
    [["d", "s"], /^USAGE the 2nd argument of truncate must be text that is a constant; it is column "s"$/],
  ],
  difference: [
    [[text("day"), "d", "t"], "int64"],
    [[text("days"), "d", "d"], /^USAGE difference: "days" is none of /],
    [[text("day"), "d", "i"], /^TYPE_MISMATCH the 3rd argument of difference must be a date or a timestamp/],
  ],
  plus: [
    [["d", 1, text("week")], "date"],
    [["t", "i", text("second")], "timestamp"],
    [["d", 1, text("second")], /^TYPE_MISMATCH the 1st argument of plus must be a timestamp for the unit second/],
  ],
  makeDate: [
    [["i", 2, 29], "date"],
    [["i", "i"], /^USAGE makeDate takes 3 arguments, and has 2$/],
  ],
  listLength: [
    [["li"], "int64"],
    [["s"], /^TYPE_MISMATCH the 1st argument of listLength must be a list; it is utf8/],
  ],
  listGet: [
    [["li", 0], "int64"],
    [["ls", "i8"], "utf8"],
    [["ls", "f"], /^TYPE_MISMATCH the 2nd argument of listGet must be an integer/],
  ],
  listContains: [
    [["li", "f"], "boolean"],
    [["ls", "i"], /^TYPE_MISMATCH the 2nd argument of listContains must be of a kind with the utf8 of the list/],
  ],
};

const outcome = (expression: Expression, place?: string): string => {
  try {
    return resolveType(expression, COLUMNS, place);
  } catch (error) {
    if (!isEau2Error(error)) throw error;
    return `${error.code} ${error.message}`;
  }
};

const assertCases = (cases: readonly (readonly [string, Expression, ValueType | RegExp])[]): void => {
  for (const [what, expression, expected] of cases) {
    if (typeof expected === "string") assert.equal(outcome(expression), expected, what);
    else assert.match(outcome(expression), expected, what);
  }
};

const literal = (type: ScalarType) => nullOf(type);

testSuite("resolveType", (test) => {
  test("every function has a type for what it takes, and a sentence for what it does not", () => {
    for (const name of FUNCTION_NAMES) {
      assert.ok(TABLE[name].length > 0, name);
      assertCases(
        TABLE[name].map(([args, expected]) => [`${name}(${JSON.stringify(args)})`, call(name, args), expected]),
      );
    }
  });

  test("an unknown column is named with the nearest, and a declared type must be the column's", () => {
    assertCases([
      ["near", arg("li8"), /^COLUMN_UNKNOWN column "li8" is not in the frame \(did you mean "i8"\?\); it has "b", /],
      ["typed", { kind: "column", name: "f", type: "float64" }, "float64"],
      [
        "wrongly",
        { kind: "column", name: "f", type: "int64" },
        /^TYPE_MISMATCH column "f" is declared as int64, and is float64$/,
      ],
    ]);
  });

  test("an error says where in the expression, from the inside out", () => {
    const expression = call("and", ["b", "b"]) as Extract<Expression, { kind: "call" }>;
    const nested: Expression = {
      ...expression,
      args: [arg("b"), { kind: "call", name: "gt", args: [call("add", ["i", "s"]), arg(0)] }],
    };
    assert.equal(
      outcome(nested, "filter"),
      'TYPE_MISMATCH filter: the 2nd argument of add must be a number; it is utf8: column "s" (in the 1st argument of gt, in the 2nd argument of and)',
    );
  });

  test("branches meet in one type, and constant nulls take it", () => {
    const branch = (when: string, value: Expression) => ({ when: arg(when), value });
    const when = (branches: ReturnType<typeof branch>[], otherwise: Expression | null): Expression => ({
      kind: "case",
      branches,
      otherwise,
    });
    assertCases([
      ["one", when([branch("b", arg("i8"))], null), "int64"],
      ["numbers", when([branch("b", arg("i8")), branch("b", arg("f32"))], arg("i")), "float64"],
      ["null first", when([branch("b", literal("boolean"))], arg("s")), "utf8"],
      ["all null", when([branch("b", literal("date"))], null), "date"],
      ["lists", when([branch("b", arg("ls"))], arg("ls")), "list<utf8>"],
      [
        "condition",
        when([branch("b", arg("i")), branch("i", arg("i"))], null),
        /^TYPE_MISMATCH the 2nd condition of when must be a boolean; it is int64: column "i"$/,
      ],
      [
        "values",
        when([branch("b", arg("i"))], arg("s")),
        /^TYPE_MISMATCH the value of otherwise must be of a kind with the int64 before it; it is utf8: column "s"$/,
      ],
    ]);
  });

  test("membership asks for values of the input's kind", () => {
    const isIn = (input: string, ...values: (number | string)[]): Expression => ({
      kind: "isIn",
      input: arg(input),
      values: [...values.map((value) => constantOf(value)), literal("boolean")],
    });
    assertCases([
      ["numbers", isIn("f", 1, 2.5), "boolean"],
      ["text", isIn("s", "a"), "boolean"],
      [
        "mixed",
        isIn("s", "a", 1),
        /^TYPE_MISMATCH the 2nd value of isIn must be of a kind with column "s", which is utf8; it is int64$/,
      ],
      ["list", isIn("ls", "a"), /^TYPE_MISMATCH isIn takes single values; column "ls" is list<utf8>$/],
    ]);
  });

  test("a cast goes through text to anything, and from dates only to dates", () => {
    const cast = (input: string, type: ScalarType): Expression => ({
      kind: "cast",
      input: arg(input),
      type,
      onFailure: "error",
    });
    assertCases([
      ["number", cast("f", "int8"), "int8"],
      ["boolean", cast("b", "int64"), "int64"],
      ["text", cast("s", "timestamp"), "timestamp"],
      ["to text", cast("d", "utf8"), "utf8"],
      ["dates", cast("t", "date"), "date"],
      ["date to number", cast("d", "int64"), /^TYPE_MISMATCH a cast from date to int64 has no meaning: column "d"$/],
      ["list", cast("ls", "utf8"), /^TYPE_MISMATCH a cast from list<utf8> to utf8 has no meaning: column "ls"$/],
    ]);
  });

  test("parts that are shared are visited once", () => {
    let sum = arg("i");
    for (let level = 0; level < 60; level++) sum = { kind: "call", name: "add", args: [sum, sum] };
    assert.equal(outcome(sum), "int64");
  });
});
