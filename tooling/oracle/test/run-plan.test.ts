import assert from "node:assert/strict";
import type { Aggregate, AggregateName, Expression, Plan, SortKey, ValueType } from "@eau2/dataframe";
import { ShardIndex } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { Failure } from "../src/failure.js";
import { call, column, integer } from "../src/random/build.js";
import { runPlan } from "../src/run-plan.js";
import { type Exact, exactOf, type Row } from "../src/values.js";

type Columns = readonly (readonly [name: string, type: ValueType])[];

const scanOf = (columns: Columns): Plan => ({
  kind: "scan",
  frame: { name: "t", home: ShardIndex.parse(0) },
  columns: columns.map(([name, type]) => ({ name, type })),
});
const run = (plan: Plan, columns: Columns, rows: readonly Row[]): Exact[][] => {
  const table = { columns: columns.map(([name, type]) => ({ name, type })), rows };
  return runPlan(plan, new Map([["t", table]])).rows.map((row) => row.map(exactOf));
};
const aggregateOf = (name: AggregateName, type: ValueType, values: readonly Exact[], parameter?: number): Exact => {
  const aggregate: Aggregate = { name, args: [column("x")], ...(parameter === undefined ? {} : { parameter }) };
  const columns: Columns = [["x", type]];
  const plan: Plan = { kind: "aggregate", input: scanOf(columns), keys: [], aggregates: [{ name: "a", aggregate }] };
  return run(
    plan,
    columns,
    values.map((value) => [value]),
  )[0]![0]!;
};
const pairsOf = (name: AggregateName, pairs: readonly Row[]): Exact => {
  const columns: Columns = [
    ["y", "float64"],
    ["x", "float64"],
  ];
  const aggregate: Aggregate = { name, args: [column("y"), column("x")] };
  const plan: Plan = { kind: "aggregate", input: scanOf(columns), keys: [], aggregates: [{ name: "a", aggregate }] };
  return run(plan, columns, pairs)[0]![0]!;
};
const by = (expression: Expression, descending = false, nullsFirst = false): SortKey => ({
  expression,
  descending,
  nullsFirst,
});
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

testSuite("aggregates of the reference", (test) => {
  test("no values give null, and counts of 0", () => {
    for (const values of [[], [null, null]]) {
      for (const name of ["sum", "mean", "min", "max", "first", "last", "mode", "variance", "stddev"] as const)
        assert.equal(aggregateOf(name, "float64", values), null, name);
      assert.equal(aggregateOf("quantile", "float64", values, 0.5), null);
      assert.equal(aggregateOf("top", "float64", values, 2), null);
      assert.equal(aggregateOf("count", "float64", values), 0n);
      assert.equal(aggregateOf("countDistinct", "float64", values), 0n);
    }
  });
  test("sums of floats are rounded once, of integers exact or an error", () => {
    assert.equal(aggregateOf("sum", "float64", [1e16, 1, 1, -1e16]), 2);
    assert.equal(aggregateOf("sum", "float64", [-0]), 0);
    assert.equal(aggregateOf("sum", "float64", [infinity, -infinity]), nan);
    assert.equal(aggregateOf("sum", "int64", [2n ** 62n, 2n ** 62n, -1n]), 2n ** 63n - 1n);
    assert.equal(aggregateOf("mean", "int64", [2n ** 62n, 2n ** 62n, 2n ** 62n]), 2 ** 62);
    assert.throws(() => aggregateOf("sum", "int64", [2n ** 62n, 2n ** 62n]), Failure);
  });
  test("NaN is the greatest number, and one value among the distinct", () => {
    assert.equal(aggregateOf("max", "float64", [1, nan, 2]), nan);
    assert.equal(aggregateOf("min", "float64", [nan, -0]), 0);
    assert.equal(aggregateOf("countDistinct", "float64", [nan, nan, 0, -0, 1]), 3n);
    assert.deepEqual(aggregateOf("top", "float64", [1, nan, 3, null], 2), [nan, 3]);
    assert.deepEqual(aggregateOf("bottom", "utf8", ["b", "a", "c"], 2), ["a", "b"]);
  });
  test("of equals, the first counts", () => {
    assert.equal(aggregateOf("mode", "utf8", ["b", "a", "a", null, "b"]), "b");
    assert.equal(aggregateOf("first", "utf8", [null, "b", "a"]), "b");
    assert.equal(aggregateOf("last", "utf8", ["b", "a", null]), "a");
    assert.equal(
      pairsOf("minBy", [
        [1, null],
        [2, 7],
        [3, 7],
        [4, 8],
      ]),
      2,
    );
    assert.equal(
      pairsOf("maxBy", [
        [1, 7],
        [null, 8],
        [3, 8],
      ]),
      null,
    );
  });
  test("quantiles lie between their neighbours, moments are of samples", () => {
    assert.equal(aggregateOf("quantile", "int64", [4n, 1n, 2n], 0.25), 1.5);
    assert.equal(aggregateOf("variance", "float64", [1]), null);
    assert.equal(aggregateOf("variance", "float64", [1e9, 1e9 + 1, 1e9 + 2]), 1);
    assert.equal(aggregateOf("stddev", "int64", [1n, 3n, null]), Math.SQRT2);
    assert.equal(
      pairsOf("covariance", [
        [1, 2],
        [2, 4],
        [9, null],
      ]),
      1,
    );
    assert.equal(
      pairsOf("corr", [
        [1, 4],
        [2, 2],
      ]),
      -1,
    );
    assert.equal(
      pairsOf("slope", [
        [1, 2],
        [2, 4],
      ]),
      0.5,
    );
    assert.equal(pairsOf("corr", [[1, 2]]), nan);
    assert.equal(pairsOf("corr", []), null);
  });
});

testSuite("operators of the reference", (test) => {
  const columns: Columns = [
    ["k", "utf8"],
    ["x", "float64"],
  ];
  const rows: Row[] = [
    ["b", 1],
    ["a", null],
    [null, -0],
    ["b", nan],
    ["a", 2],
    [null, 0],
  ];

  test("sort is stable, NaN after numbers, nulls last unless asked", () => {
    const sorted = (...keys: SortKey[]) =>
      run({ kind: "sort", input: scanOf(columns), by: keys, limit: null }, columns, rows).map(
        ([k, x]) => `${k} ${Object.is(x, -0) ? "-0" : x}`,
      );
    assert.deepEqual(sorted(by(column("x"))), ["null -0", "null 0", "b 1", "a 2", "b NaN", "a null"]);
    assert.deepEqual(sorted(by(column("x"), true)), ["b NaN", "a 2", "b 1", "null -0", "null 0", "a null"]);
    assert.deepEqual(sorted(by(column("k"), false, true), by(column("x"), true))[0], "null -0");
  });
  test("nulls are one group, keys are computed, and zeros come out as 0", () => {
    const grouped = (key: Expression) =>
      run(
        {
          kind: "aggregate",
          input: scanOf(columns),
          keys: [{ name: "g", expression: key }],
          aggregates: [{ name: "n", aggregate: { name: "count", args: [] } }],
        },
        columns,
        rows,
      );
    assert.deepEqual(grouped(column("k")), [
      ["b", 2n],
      ["a", 2n],
      [null, 2n],
    ]);
    assert.deepEqual(grouped(column("x")), [
      [1, 1n],
      [null, 1n],
      [0, 2n],
      [nan, 1n],
      [2, 1n],
    ]);
  });
  test("distinct keeps first rows; limit, union and explode keep the order", () => {
    const distinct = { kind: "distinct", input: scanOf(columns), columns: ["k"] } as const;
    assert.deepEqual(run(distinct, columns, rows), [
      ["b", 1],
      ["a", null],
      [null, -0],
    ]);
    const limited = { kind: "limit", input: scanOf(columns), offset: 4, count: 5 } as const;
    assert.deepEqual(run(limited, columns, rows), [
      ["a", 2],
      [null, 0],
    ]);
    const union = { kind: "union", inputs: [limited, limited] } as const;
    assert.equal(run(union, columns, rows).length, 4);
    const lists: Columns = [
      ["l", "list<int64>"],
      ["k", "utf8"],
    ];
    const explode = { kind: "explode", input: scanOf(lists), column: "l" } as const;
    assert.deepEqual(
      run(explode, lists, [
        [[1n, null], "a"],
        [null, "b"],
        [[], "c"],
        [[2n], "d"],
      ]),
      [
        [1n, "a"],
        [null, "a"],
        [2n, "d"],
      ],
    );
  });
  test("filter keeps rows for which the predicate is true, not null", () => {
    const predicate = call("lt", column("x"), integer(1));
    assert.deepEqual(run({ kind: "filter", input: scanOf(columns), predicate }, columns, rows), [
      [null, -0],
      [null, 0],
    ]);
  });
});
