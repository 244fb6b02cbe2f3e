import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { checkSeed, type Engine } from "../src/check-case.js";
import { runPlan } from "../src/run-plan.js";
import { exactOf } from "../src/values.js";

/** The reference itself, but for what `breaks` does to its rows. */
const engineWith =
  (breaks: (rows: ReturnType<typeof exactOf>[][]) => ReturnType<typeof exactOf>[][]): Engine =>
  async (plan, tables) => {
    const { columns, rows } = runPlan(plan, tables);
    return { columns, rows: breaks(rows.map((row) => row.map(exactOf))) };
  };

testSuite("failing cases", (test) => {
  test("an engine that is right passes", async () => {
    for (let seed = 1; seed <= 300; seed++)
      await checkSeed(
        seed,
        engineWith((rows) => rows),
      );
  });
  test("an engine that loses a row is caught, and the case that shows it is small", async () => {
    const losesOne = engineWith((rows) => rows.slice(1));
    let caught = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const { message } = await checkSeed(seed, losesOne).then(
        () => ({ message: "" }),
        (error: Error) => error,
      );
      if (message === "") continue;
      caught++;
      // Title, one operator and one row of one table.
      assert.ok(message.split("\n").length <= 6, message);
      assert.match(message, new RegExp(`^TEST_SEED=${seed}: 0 rows, expected 1`));
    }
    assert.ok(caught > 15, `${caught} of 30 answers have rows`);
  });
});
