/** Queries that end before they are done: cancelled or failed at each task, and before the first one. */
import assert from "node:assert/strict";
import { count, desc, median, type Query } from "@eau2/dataframe";
import { Eau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { failsWith, heldBy, holdsOnly } from "../kit/failing.js";
import { type Meddling, meddledJobs } from "../kit/meddled-jobs.js";
import { testCluster } from "../kit/test-cluster.js";
import { trips } from "./trips.js";

testSuite("queries that are cancelled", (test) => {
  test("at any task of any stage, or fail there, leave nothing on any node, and the next query runs", async () => {
    let meddle: Meddling["beforeTask"];
    const jobs = meddledJobs({ beforeTask: (...call) => meddle?.(...call) });
    await using cluster = await testCluster({ dataRoots: [[], []], shardCount: 2, jobs });
    const frame = await trips(cluster.eau2, 400, 20);
    const queries: Readonly<Record<string, Query>> = {
      "groups, sorted": frame.groupBy("carrier").agg({ n: count() }).sort(desc("n")).untyped,
      "text that gets codes": frame.groupBy("note", (row) => ({ tail: row.note.slice(-2) })).agg({ n: median("delay") })
        .untyped,
      "rows of two frames": frame.filter((row) => row.day.lt(9)).union(frame.derive((row) => ({ note: row.carrier })))
        .untyped,
      "sorted by text, cut": frame.sort("carrier").limit(70, { offset: 3 }).untyped,
      "first rows": frame.filter((row) => row.late.eq(true)).limit(3).untyped,
      "different rows": frame.distinct("carrier", "late").untyped,
    };
    const { names } = await heldBy(cluster);
    for (const query of Object.values(queries)) assert.ok((await query.collect()).length > 0);
    // What they read of other nodes is cached from now on.
    const before = await heldBy(cluster);
    assert.deepEqual(before.names, names);
    const seen = new Set<string>();
    for (const [title, query] of Object.entries(queries)) {
      const tasks: string[] = [];
      meddle = (_, name) => void tasks.push(name);
      const answer = await query.collect();
      await holdsOnly(cluster, before, title);
      // The first and the last task of each kind.
      const steps = tasks.flatMap((name, at) =>
        tasks.indexOf(name) === at || tasks.lastIndexOf(name) === at ? [at] : [],
      );
      for (const at of steps) {
        const what = `${title}: ${tasks[at]}, task ${at}`;
        seen.add(tasks[at]!);
        const controller = new AbortController();
        meddle = (number) => {
          if (number === at) controller.abort();
        };
        await failsWith(query.collect({ signal: controller.signal }), "CANCELLED", /./);
        await holdsOnly(cluster, before, `${what} cancelled`);
        meddle = (number) => {
          if (number === at) throw new Eau2Error("BUSY", "the test says no");
        };
        await failsWith(query.collect(), "BUSY", /the test says no/);
        await holdsOnly(cluster, before, `${what} failed`);
      }
      meddle = undefined;
      assert.deepEqual(await query.collect(), answer, title);
      await failsWith(query.collect({ signal: AbortSignal.abort() }), "CANCELLED", /./);
    }
    await holdsOnly(cluster, before, "in the end");
    const missed = ["code", "recode", "group", "merge", "ranks", "rows", "sort-merge", "sort-split"].filter(
      (name) => !seen.has(`query.${name}`),
    );
    assert.deepEqual(missed, [], "tasks at which nothing was cancelled");
  });
});
