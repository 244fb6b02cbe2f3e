import assert from "node:assert/strict";
import type { QueryProgress } from "@eau2/dataframe";
import { count, mean } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { testCluster } from "../kit/test-cluster.js";
import { tripRows, trips } from "./trips.js";

testSuite("queries side by side", (test) => {
  test("share the shards: a short one ends while a long one has most of its tasks to do; progress only grows", async () => {
    await using cluster = await testCluster({ dataRoots: [[], []], shardCount: 1 });
    const { eau2 } = cluster;
    // Rows stages take four chunks a task.
    const long = (await trips(eau2, 600, 1)).derive((row) => ({ delay: row.delay.add(1) }));
    const short = (await trips(eau2, 20, 10)).agg({ n: count(), delay: mean("delay") });
    const delays = tripRows(20).flatMap(({ delay }) => delay ?? []);
    const answer = [{ n: 20, delay: delays.reduce((sum, delay) => sum + delay) / delays.length }];
    const steps: QueryProgress[] = [];
    let shortEnded: Promise<QueryProgress> | undefined;
    const longEnded = long.frame({
      onProgress: (step) => {
        steps.push(step);
        shortEnded ??= short.collect().then((rows) => {
          assert.deepEqual(rows, answer);
          return steps.at(-1)!;
        });
      },
    });
    assert.equal((await longEnded).nrows, 600);
    const { tasksDone, taskCount } = (await shortEnded)!;
    assert.ok(taskCount >= 150 && tasksDone < taskCount / 2, `${tasksDone} of ${taskCount} tasks were done`);
    const done = steps.map((step) => step.tasksDone);
    assert.deepEqual(
      done,
      [...done].sort((a, b) => a - b),
    );
    assert.deepEqual(steps.at(-1), { tasksDone: taskCount, taskCount });
  });
});
