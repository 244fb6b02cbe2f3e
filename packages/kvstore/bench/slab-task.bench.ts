/** What a task costs apart from its work: one after another, several waiting, with an allocation, spread over two shards. */
import { fixtureHost } from "../test/shard/fixture-host.js";

const TASK_COUNT = 20_000;

const { host, pool } = fixtureHost({
  shardCount: 2,
  // Started from source, as tests do, but without their wrapper.
  entry: {
    url: new URL("../../../tooling/testing/bin/worker-boot.mjs", import.meta.url),
    workerData: { entry: new URL("../test/shard/fixtures/tasks.ts", import.meta.url).href },
  },
});
const input = pool.allocate(64);
input.view().fill(1);
const sum = { name: "sum", args: undefined, inputs: [input] };
const double = { name: "double", args: undefined, inputs: [input] };

const { value } = await host.run(0, sum);
if (JSON.stringify(value) !== "[64]") throw new Error(`the answer is wrong: ${JSON.stringify(value)}`);

const timed = async (name: string, body: () => Promise<void>): Promise<void> => {
  await body();
  const started = performance.now();
  await body();
  const microseconds = ((performance.now() - started) * 1e3) / TASK_COUNT;
  console.log(`${name.padEnd(44)} ${microseconds.toFixed(1).padStart(6)} us a task`);
};

await timed("one after another", async () => {
  for (let task = 0; task < TASK_COUNT; task++) await host.run(0, sum);
});
await timed("one after another, with one output", async () => {
  for (let task = 0; task < TASK_COUNT; task++) {
    const { outputs } = await host.run(0, double);
    for (const output of outputs) pool.free(output);
  }
});
await timed("two shards, one after another on each", async () => {
  const half = async (shard: number): Promise<void> => {
    for (let task = 0; task < TASK_COUNT / 2; task++) await host.run(shard, sum);
  };
  await Promise.all([half(0), half(1)]);
});
await timed("two shards, 500 tasks at a time", async () => {
  for (let task = 0; task < TASK_COUNT; task += 500) {
    await Promise.all(Array.from({ length: 500 }, (_, index) => host.run(index & 1, sum)));
  }
});
await host.close();
