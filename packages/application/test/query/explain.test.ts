import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { col, count, desc, float64, max, mean, median, type Query, stddev, sum } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { meddledJobs } from "../kit/meddled-jobs.js";
import { testCluster } from "../kit/test-cluster.js";
import { trips } from "./trips.js";

const GOLDEN = new URL("./explain.golden.txt", import.meta.url);

/** Times differ from run to run; ids of frames do too. */
const withoutLuck = (text: string): string =>
  text.replaceAll(/\b[\d.]+ m?s\b/g, "T").replaceAll(/\bf\/[0-9a-f]{16}\/frame\b/g, "f/ID/frame");

testSuite("explain", (test) => {
  test("stages are told as they would run and as they ran, which is the same but for what is known only then", async () => {
    const tasks: string[] = [];
    const jobs = meddledJobs({ beforeTask: (_, name) => void tasks.push(name) });
    await using cluster = await testCluster({ dataRoots: [[], []], shardCount: 2, jobs });
    const named = await trips(cluster.eau2, 2_000, 100, "trips");
    const nameless = await trips(cluster.eau2, 30, 10);
    const queries: Readonly<Record<string, Query>> = {
      "groups of some chunks, sorted": named
        .filter((row) => row.day.ge(100).and(row.delay.gt(0)))
        .groupBy("carrier")
        .agg({ trips: count(), delay: mean("delay"), days: sum("day"), last: max("carrier") })
        .sort(desc("delay"))
        .limit(3).untyped,
      "text that has no codes": named.groupBy((row) => ({ tail: row.note.slice(-1) })).agg({ m: median("delay") })
        .untyped,
      "what is computed has no bounds": named.agg({ s: stddev(col("delay", float64).mul(2)) }).untyped,
      "two frames as one": named
        .filter((row) => row.day.lt(3))
        .union(nameless)
        .distinct("carrier").untyped,
      "a whole frame": nameless.untyped,
      "nothing can match": named.filter((row) => row.day.lt(0)).untyped,
      "first rows": named.filter((row) => row.late.eq(true)).limit(5).untyped,
    };
    const printed: string[] = [];
    for (const [title, query] of Object.entries(queries)) {
      tasks.length = 0;
      const planned = await query.explain();
      assert.deepEqual(new Set([...tasks, "query.facts"]), new Set(["query.facts"]), "nothing is computed");
      printed.push(`# ${title}\n\n${planned}`);
      printed.push(`# ${title}: analyzed\n\n${await query.explain({ analyze: true })}`);
    }
    const text = withoutLuck(printed.join("\n"));
    // EAU2_UPDATE_GOLDEN=1 writes the file anew, for a change that is meant.
    if (process.env.EAU2_UPDATE_GOLDEN === "1") writeFileSync(GOLDEN, text);
    assert.equal(text, readFileSync(GOLDEN, "utf8"));
    const explained = await queries["nothing can match"]!.explained({ analyze: true });
    const { source, ran } = explained.stages[0]!;
    assert.deepEqual([source.kind === "frame" && source.chunksRead, ran!.tasks, ran!.rowsOut], [0, [], 0]);
  });
});
