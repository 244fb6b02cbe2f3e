import assert from "node:assert/strict";
import { decodePlan, encodePlan, planColumns } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { AGGREGATES } from "../src/aggregates/aggregate-group.js";
import { Failure } from "../src/failure.js";
import { FUNCTIONS } from "../src/functions/call-function.js";
import { EVERYTHING } from "../src/random/dialect.js";
import { randomCase } from "../src/random/random-case.js";
import { hasOneAnswer } from "../src/random/row-order.js";
import { runPlan } from "../src/run-plan.js";

const SEEDS = 1000;

testSuite("random plans", (test) => {
  test("a seed is one case for ever", () => {
    assert.deepEqual(randomCase(17, EVERYTHING), randomCase(17, EVERYTHING));
    assert.notDeepEqual(randomCase(17, EVERYTHING).plan, randomCase(18, EVERYTHING).plan);
  });

  test("they are plans that the engine takes, with the columns that the reference gives them", () => {
    const seen = new Map<string, number>();
    let empty = 0;
    let failed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { plan, tables } = randomCase(seed, EVERYTHING);
      assert.deepEqual(decodePlan(encodePlan(plan)), plan, `seed ${seed}`);
      assert.ok(hasOneAnswer(plan), `seed ${seed}`);
      for (const [, name] of JSON.stringify(plan).matchAll(/"(?:name|kind)":"(\w+)"/g))
        seen.set(name!, (seen.get(name!) ?? 0) + 1);
      try {
        const { columns, rows } = runPlan(plan, tables);
        assert.deepEqual(planColumns(plan), columns, `seed ${seed}`);
        if (rows.length === 0) empty++;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failed++;
      }
    }
    const kinds = [
      "scan",
      "filter",
      "project",
      "aggregate",
      "sort",
      "distinct",
      "limit",
      "union",
      "explode",
      "case",
      "isIn",
      "cast",
    ];
    for (const name of [...Object.keys(FUNCTIONS), ...Object.keys(AGGREGATES), ...kinds])
      assert.ok((seen.get(name) ?? 0) >= 1, `${name}: ${seen.get(name) ?? 0} times`);
    assert.ok(empty < 0.3 * SEEDS, `${empty} answers without rows`);
    assert.ok(failed < 0.03 * SEEDS, `${failed} queries without an answer`);
  });
});
