import assert from "node:assert/strict";
import { seedFromEnv, testSuite } from "@eau2/testing";
import type { Plan } from "../../src/plan/plan.js";
import { decodePlan, encodePlan } from "../../src/plan/plan-codec.js";
import { planColumns } from "../../src/plan/plan-columns.js";
import { printPlan } from "../../src/plan/print-plan.js";
import { rewritePlan } from "../../src/rules/rewrite-plan.js";
import { plainRows, type Tables } from "../kit/plain-plan.js";
import { Failure, type Row } from "../kit/plain-values.js";
import { Random } from "../kit/random.js";
import { randomQuery, randomTables } from "../kit/random-queries.js";

const SEED = seedFromEnv(44);

/** The rows, or undefined where the query fails. */
const run = (plan: Plan, tables: Tables): readonly Row[] | undefined => {
  try {
    return plainRows(plan, tables);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
};

testSuite("rewrite plan", (test) => {
  test("a rewritten plan has the same columns and, whatever the data, the same rows; it fails nowhere anew", () => {
    let compared = 0;
    for (let index = 0; index < 3000; index++) {
      const random = new Random(SEED * 100_000 + index);
      const plan = randomQuery(random);
      const rewritten = rewritePlan(plan);
      const shown = () => `TEST_SEED=${SEED}, run ${index}\n${printPlan(plan)}->\n${printPlan(rewritten)}`;
      assert.deepEqual(planColumns(rewritten), planColumns(plan), shown());
      for (let data = 0; data < 3; data++) {
        const tables = randomTables(random);
        const expected = run(plan, tables);
        // What nobody sees need not be computed: a failure may go.
        if (expected === undefined) continue;
        assert.deepEqual(run(rewritten, tables), expected, shown());
        compared += expected.length > 0 ? 1 : 0;
      }
    }
    assert.ok(compared > 1000, `${compared} results had rows`);
  });

  test("rewriting what is rewritten changes nothing", () => {
    for (let index = 0; index < 1000; index++) {
      const rewritten = rewritePlan(randomQuery(new Random(SEED * 200_000 + index)));
      assert.deepEqual(rewritePlan(rewritten), rewritten, printPlan(rewritten));
      assert.deepEqual(decodePlan(encodePlan(rewritten)), rewritten);
    }
  });
});
