import assert from "node:assert/strict";
import { FrameId, type FrameRecord } from "@eau2/dataframe";
import { ShardIndex, TASK_KEYS_MAX } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { planChunks } from "../../src/jobs/plan-chunks.js";

const shards = [3, 5].map((home) => ({ home, nodeId: `n${home}`, nodeName: `n${home}` }));

const frameOf = (chunkCount: number): FrameRecord => ({
  id: FrameId.parse("a"),
  schema: { columns: [] },
  rowCount: chunkCount * 10,
  chunks: Array.from({ length: chunkCount }, (_, index) => ({
    key: { name: `f/a/c/${index}`, home: ShardIndex.parse(shards[index % 2]!.home) },
    rowCount: 10,
  })),
  dictionaries: [],
  bytes: 0,
});

testSuite("which tasks go over chunks", (test) => {
  test("every chunk that is read is in one task, with its place in the frame", () => {
    const isRead = (index: number) => index % 3 !== 0;
    const plans = planChunks(frameOf(500), { shards }, { isRead, chunksMax: 7 });
    const positions = plans.flatMap((plan) => plan.positions);
    assert.deepEqual(
      positions.sort((a, b) => a - b),
      [...Array(500).keys()].filter(isRead),
    );
    plans.forEach(({ index, shard, positions: at, chunks, firstRows }, position) => {
      assert.equal(index, position);
      assert.ok(chunks.length > 0 && chunks.length <= 7);
      assert.deepEqual(
        firstRows,
        at.map((chunk) => chunk * 10),
      );
      assert.deepEqual(
        chunks.map(({ key }) => key),
        at.map((chunk) => ({ name: `f/a/c/${chunk}`, home: shard.home })),
      );
    });
  });

  test("of many chunks each task takes more, so that whoever finishes can name a block of each task", () => {
    for (const chunkCount of [1_000, 100_000, 300_000]) {
      const plans = planChunks(frameOf(chunkCount), { shards });
      assert.ok(plans.length <= TASK_KEYS_MAX / 2, `${plans.length} tasks for ${chunkCount} chunks`);
      for (const { chunks } of plans) assert.ok(chunks.length <= TASK_KEYS_MAX / 2);
    }
    assert.equal(planChunks(frameOf(1_000), { shards }, { tasksMax: 4, chunksMax: 1 }).length, 4);
  });

  test("a chunk whose node has gone is lost, unless it is not read", () => {
    const lone = { shards: shards.slice(0, 1) };
    assert.throws(() => planChunks(frameOf(4), lone), { code: "CHUNK_LOST" });
    assert.equal(planChunks(frameOf(4), lone, { isRead: (index) => index % 2 === 0 }).length, 1);
  });
});
