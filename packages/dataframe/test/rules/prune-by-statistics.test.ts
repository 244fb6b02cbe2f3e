import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import type { ColumnStatistics } from "../../src/expression/bounds/leaf-bounds.js";
import type { Expression, Literal } from "../../src/expression/expression.js";
import type { FunctionName } from "../../src/expression/functions.js";
import { literalOf } from "../../src/expression/literal-value.js";
import { printExpression } from "../../src/expression/print.js";
import { resolveType } from "../../src/expression/resolve-type.js";
import { canMatch } from "../../src/rules/prune-by-statistics.js";
import { batchStatistics } from "../../src/vector/batch-statistics.js";
import { interpret, PlainFailure } from "../evaluate/plain-interpreter.js";
import { Random } from "../evaluate/random.js";
import { type RandomColumn, RandomExpressions } from "../evaluate/random-expressions.js";
import { randomChunk } from "../kit/random-chunk.js";

const SEED = seedFromEnv(46);
const COLUMNS: readonly RandomColumn[] = [
  { name: "b", type: "boolean" },
  { name: "i", type: "int64" },
  { name: "j", type: "int8" },
  { name: "x", type: "float64" },
  { name: "t", type: "utf8" },
  { name: "d", type: "date" },
  { name: "ts", type: "timestamp" },
];

const col = (name: string): Expression => ({ kind: "column", name });
const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });
const int = (value: bigint): Literal => literalOf("int64", value);
const float = (value: number): Literal => literalOf("float64", value);
const text = (value: string): Literal => literalOf("utf8", value);
const [i, x, t, d] = [col("i"), col("x"), col("t"), col("d")];
const bytes = (value: string): Uint8Array => Buffer.from(value);

const STATISTICS: readonly ColumnStatistics[] = [
  { name: "i", type: "int64", rowCount: 10, nullCount: 0, min: 10n, max: 20n },
  { name: "x", type: "float64", rowCount: 10, nullCount: 2, min: -1, max: Number.NaN },
  { name: "t", type: "utf8", rowCount: 10, nullCount: 0, min: bytes("carrot"), max: bytes("melon") },
  { name: "d", type: "utf8", rowCount: 10, nullCount: 0, min: undefined, max: undefined },
  { name: "n", type: "int64", rowCount: 10, nullCount: 10, min: undefined, max: undefined },
];

testSuite("prune by statistics", (test) => {
  test("a chunk is left out only if no row matches and none fails", () => {
    let pruned = 0;
    let needless = 0;
    for (let run = 0; run < 5_000; run++) {
      const random = new Random(SEED * 100_000 + run);
      const predicate = new RandomExpressions(random, COLUMNS).of("boolean", 1 + random.below(4));
      const { rows, batch } = randomChunk(random, COLUMNS);
      const outcomes = rows.map((row) => {
        try {
          return interpret(predicate, row, (part) => resolveType(part, COLUMNS));
        } catch (error) {
          if (error instanceof PlainFailure) return "failure";
          throw error;
        }
      });
      const matters = outcomes.includes(true) || outcomes.includes("failure");
      const shown = `TEST_SEED=${SEED}, run ${run}: ${printExpression(predicate)}: ${outcomes}`;
      if (canMatch(predicate, batchStatistics(batch))) needless += matters ? 0 : 1;
      else {
        assert.ok(!matters, shown);
        pruned++;
      }
    }
    // It sees most of what there is to see in chunks of one or two values.
    assert.ok(pruned > 2 * needless, `${pruned} left out, ${needless} read in vain`);
  });

  test("what statistics can prove is pruned, what they cannot is read", () => {
    const overflow = call("gt", call("multiply", i, int(2n ** 62n)), int(0n));
    const fragile = call("gt", { kind: "cast", input: d, type: "int64", onFailure: "error" }, int(0n));
    const never: Expression[] = [
      call("gt", i, int(20n)),
      call("lt", i, int(10n)),
      call("eq", i, float(20.5)),
      call("and", call("gt", i, int(15n)), call("lt", i, int(5n))),
      call("or", call("gt", i, int(30n)), call("lt", i, int(5n))),
      call("not", call("ge", i, int(10n))),
      call("gt", call("add", i, int(5n)), int(25n)),
      call("isNull", i),
      call("isNotNull", col("n")),
      call("gt", col("n"), int(0n)),
      call("lt", x, float(-1)),
      call("eq", t, text("zebra")),
      call("lt", t, text("carrot")),
      call("startsWith", t, text("car1")),
      call("startsWith", t, text("n")),
      call("startsWith", t, text("melons")),
      { kind: "isIn", input: i, values: [int(1n), int(21n)] },
      { kind: "isIn", input: t, values: [text("apple"), text("zebra")] },
      call("and", call("gt", i, int(20n)), fragile),
    ];
    const maybe: Expression[] = [
      call("ge", i, int(20n)),
      call("eq", x, float(Number.NaN)),
      call("gt", x, float(1e300)),
      call("isNull", x),
      call("eq", t, text("carrot")),
      call("startsWith", t, text("carr")),
      call("startsWith", t, text("melo")),
      call("eq", d, text("anything")),
      { kind: "isIn", input: i, values: [int(1n), int(15n)] },
      call("ne", i, int(10n)),
      overflow,
      call("and", fragile, call("gt", i, int(20n))),
    ];
    for (const predicate of never) assert.equal(canMatch(predicate, STATISTICS), false, printExpression(predicate));
    for (const predicate of maybe) assert.equal(canMatch(predicate, STATISTICS), true, printExpression(predicate));
  });

  test("a chunk without rows is never read", () => {
    const empty = STATISTICS.map((column) => ({
      ...column,
      rowCount: 0,
      nullCount: 0,
      min: undefined,
      max: undefined,
    }));
    assert.equal(canMatch(call("ne", i, int(1n)), empty), false);
    assert.equal(canMatch(call("isNull", i), empty), false);
  });
});
