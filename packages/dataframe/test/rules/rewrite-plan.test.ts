import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { seedFromEnv, testSuite } from "@eau2/testing";
import type { Plan } from "../../src/plan/plan.js";
import { decodePlan, encodePlan } from "../../src/plan/plan-codec.js";
import { planColumns } from "../../src/plan/plan-columns.js";
import { printPlan } from "../../src/plan/print-plan.js";
import { rewritePlan } from "../../src/rules/rewrite-plan.js";
import { PlainFailure, type PlainRow } from "../evaluate/plain-interpreter.js";
import { Random } from "../evaluate/random.js";
import { plainRows, type Tables } from "../kit/plain-plan.js";
import { randomQuery, randomTables } from "../kit/random-queries.js";
import { flights } from "../query/flights.js";
import { GOLDEN_QUERIES } from "../query/golden-queries.js";
import { RULE_QUERIES } from "./rule-queries.js";

const SEED = seedFromEnv(44);

const GOLDEN = new URL("./rewritten.golden.txt", import.meta.url);

/** What stands there before and after; the columns of the one frame stand there once. */
const goldenText = (): string => {
  const all = printPlan(flights().plan).trim();
  const short = (plan: Plan): string => printPlan(plan).replaceAll(all, "scan all");
  const queries = Object.entries({ ...RULE_QUERIES, ...GOLDEN_QUERIES }).map(([name, { plan }]) => {
    const rewritten = rewritePlan(plan);
    return `# ${name}\n${short(plan)}${rewritten === plan ? "-> unchanged\n" : `->\n${short(rewritten)}`}`;
  });
  return [`${all}\n`, ...queries].join("\n");
};

/** The rows, or undefined where the query fails. */
const run = (plan: Plan, tables: Tables): readonly PlainRow[] | undefined => {
  try {
    return plainRows(plan, tables);
  } catch (error) {
    if (error instanceof PlainFailure) return undefined;
    throw error;
  }
};

testSuite("rewrite plan", (test) => {
  test("plans are rewritten as in their golden text", () => {
    // EAU2_UPDATE_GOLDEN=1 writes the file anew, for a change that is meant.
    if (process.env.EAU2_UPDATE_GOLDEN === "1") writeFileSync(GOLDEN, goldenText());
    assert.equal(goldenText(), readFileSync(GOLDEN, "utf8"));
  });

  test("golden plans come through bytes as they were, and are rewritten to the same columns once and for all", () => {
    for (const [name, { plan }] of Object.entries({ ...RULE_QUERIES, ...GOLDEN_QUERIES })) {
      const rewritten = rewritePlan(plan);
      assert.deepEqual(decodePlan(encodePlan(plan)), plan, name);
      assert.deepEqual(rewritePlan(decodePlan(encodePlan(plan))), rewritten, name);
      assert.deepEqual(decodePlan(encodePlan(rewritten)), rewritten, name);
      assert.deepEqual(planColumns(rewritten), planColumns(plan), name);
      assert.equal(rewritePlan(rewritten), rewritten, name);
    }
  });

  test("a rewritten plan has the same columns and, whatever the data, the same rows; it fails nowhere anew", () => {
    let compared = 0;
    for (let index = 0; index < 2000; index++) {
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

  test("a plan that would take too many steps is left half way, with the same rows", () => {
    const x = { kind: "column", name: "x" } as const;
    const literal = (value: number) => ({ kind: "literal", type: "float64", value }) as const;
    const one = { kind: "call", name: "add", args: [x, literal(1)] } as const;
    const column = { name: "x", type: "float64" } as const;
    let plan: Plan = { kind: "scan", frame: { name: "f/one", home: 0 } as never, columns: [column] };
    // Each filter could pass all projections below it: 4,500 steps.
    for (let level = 0; level < 95; level++) {
      plan = { kind: "project", input: plan, columns: [{ name: "x", expression: one }] };
      plan = { kind: "filter", input: plan, predicate: { kind: "call", name: "gt", args: [x, literal(level)] } };
    }
    const rewritten = rewritePlan(plan);
    assert.notEqual(rewritten, plan);
    assert.ok(printPlan(rewritten).split("filter").length > 2);
    const rows = [-1, 0, 0.5, 7].map((value): PlainRow => new Map([["x", value]]));
    const tables: Tables = new Map([["f/one", rows]]);
    assert.deepEqual(run(rewritten, tables), run(plan, tables));
    assert.equal(run(plan, tables)?.length, 3);
  });

  test("rewriting what is rewritten changes nothing", () => {
    for (let index = 0; index < 500; index++) {
      const rewritten = rewritePlan(randomQuery(new Random(SEED * 200_000 + index)));
      assert.deepEqual(rewritePlan(rewritten), rewritten, printPlan(rewritten));
      assert.deepEqual(decodePlan(encodePlan(rewritten)), rewritten);
    }
  });
});
