/** The reference against DuckDB: two programs that share nothing must mean the same by a plan. */
import assert from "node:assert/strict";
import type { Plan } from "@eau2/dataframe";
import { ShardIndex } from "@eau2/protocol";
import { notRun, seedsFromEnv, testSuite } from "@eau2/testing";
import { checkCase } from "../src/check-case.js";
import { openDuckDb } from "../src/duckdb/duckdb.js";
import { sqlPlan } from "../src/duckdb/sql-plan.js";
import { DUCKDB } from "../src/random/dialect.js";
import { randomCase } from "../src/random/random-case.js";

/** Sums of DuckDB are not exact, its logarithms are not those of JavaScript, and either zero may come out of anything. */
const TOLERANCE = { times: 1000, relative: 1e-12, anyZero: true };
/**
 * What DuckDB does not answer: errors of its own on constants in aggregates, and moments out of range. A mistake in the
 * translation would be more often.
 */
const NOT_ANSWERED_MAX = 0.03;
/** From so many on their share tells something. */
const TELLING_COUNT = 500;

const folder = process.env.EAU2_DUCKDB;

const scan: Plan = {
  kind: "scan",
  frame: { name: "t", home: ShardIndex.parse(0) },
  columns: [{ name: 'A "b"', type: "int8" }],
};

testSuite("reference and DuckDB", (test) => {
  test("SQL numbers the rows anew, and has one spelling for names that differ in case", () => {
    const limited: Plan = { kind: "limit", input: scan, offset: 2, count: 3 };
    assert.equal(
      sqlPlan(limited).sql,
      `SELECT "^A ""b""" FROM (SELECT * FROM (SELECT "^A ""b""", "#row" FROM "t") ORDER BY "#row" LIMIT 3 OFFSET 2) ORDER BY "#row"`,
    );
  });

  if (folder === undefined) {
    const how = "node tooling/oracle/bin/install-duckdb.mjs FOLDER makes one";
    notRun("random plans on DuckDB", `EAU2_DUCKDB names no folder; ${how}`);
    return;
  }
  test("random plans have one answer", async () => {
    const { first, count } = seedsFromEnv({ first: 1, count: 1500 });
    using duckDb = await openDuckDb(folder);
    let answered = 0;
    for (let seed = first; seed < first + count; seed++) {
      const queryCase = randomCase(seed, DUCKDB);
      const difference = await checkCase(queryCase, async () => duckDb.answer(queryCase), TOLERANCE);
      if (difference?.startsWith("the engine failed")) continue;
      answered++;
      assert.equal(difference, undefined, `TEST_SEED=${seed}`);
    }
    if (count >= TELLING_COUNT)
      assert.ok(answered >= (1 - NOT_ANSWERED_MAX) * count, `DuckDB answered ${answered} of ${count}`);
  });
});
