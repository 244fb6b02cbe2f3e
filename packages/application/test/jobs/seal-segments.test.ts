/** What sealing asks of tasks, and when it lets go of what was staged. */
import assert from "node:assert/strict";
import { FrameId } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import type { TaskRun, TaskRunReply } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import type { JobContext } from "../../src/jobs/job.js";
import { finalChunks, sealSegments } from "../../src/jobs/seal-segments.js";

const MEBIBYTE = 1024 ** 2;
const ID = FrameId.parse("0123456789abcdef");
const TASK = { name: "columns.seal", args: {} };

const segmentOf = (home: number, name: string, chunkBytes: readonly number[]) => ({
  shard: { home, nodeId: "n", nodeName: "n" },
  dictionaries: [new Key(`${name}/coded`, home), new Key(`${name}/plain`, home)],
  chunks: chunkBytes.map((bytes, index) => ({ key: new Key(`${name}/${index}`, home), rowCount: 10 + index, bytes })),
});

/** The first column of strings is coded, the second one is not. */
const textsOf = (segments: readonly ReturnType<typeof segmentOf>[]) => [
  {
    dictionary: { key: new Key("d", 0).toRecord(), size: 3 },
    mappings: segments.map((_, segment) => new Key(`new-codes/${segment}`, 0)),
  },
  { dictionary: null, mappings: segments.map(({ dictionaries }) => dictionaries[1]!) },
];

type Sent = Pick<TaskRun, "inputs" | "release" | "outputs" | "shard">;

/** Tasks end when the test says so. */
const heldTasks = () => {
  const sent: Sent[] = [];
  const ends: (() => void)[] = [];
  const context = {
    progress: () => {},
    abort: () => {},
    runTask: (_: string, task: Omit<TaskRun, "id">) =>
      new Promise<TaskRunReply>((resolve) => {
        sent.push(task);
        ends.push(() => resolve({ value: {}, outputBytes: [7] }));
      }),
  } as unknown as JobContext;
  return { sent, ends, context };
};

const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const namesOf = (keys: Sent["inputs"]) => keys.map(({ name }) => name);

testSuite("sealing", (test) => {
  test("a task seals few bytes, and what was staged goes with it: old codes first, mappings last", async () => {
    const segments = [segmentOf(0, "a", [3 * MEBIBYTE, MEBIBYTE, 9 * MEBIBYTE, 2 * MEBIBYTE])];
    const { sent, ends, context } = heldTasks();
    const sealed = sealSegments(TASK, segments, textsOf(segments), ID, context);
    for (let task = 0; task < 3; task++) {
      // One after another: nothing a task needs can be dropped by the one behind it.
      assert.equal(sent.length, task + 1);
      ends[task]!();
      await aTurn();
    }
    const mappings = ["new-codes/0", "a/plain"];
    assert.deepEqual(
      sent.map(({ inputs, release }) => [namesOf(inputs), namesOf(release)]),
      [
        [
          [...mappings, "a/0", "a/1"],
          ["a/0", "a/1", "a/coded"],
        ],
        [[...mappings, "a/2"], ["a/2"]],
        [
          [...mappings, "a/3"],
          ["a/3", ...mappings],
        ],
      ],
    );
    const { chunks, bytes } = await sealed;
    assert.deepEqual(
      chunks.map(({ key, rowCount }) => [key.name, rowCount]),
      [0, 1, 2, 3].map((chunk) => [`f/${ID}/c/${chunk}`, 10 + chunk]),
    );
    assert.equal(bytes, 21);
  });

  test("every shard seals its own, at the same time, and chunks are in the order of the segments", async () => {
    const segments = [segmentOf(0, "a", [1]), segmentOf(1, "b", [1]), segmentOf(0, "c", [1])];
    const { sent, ends, context } = heldTasks();
    const sealed = sealSegments(TASK, segments, textsOf(segments), ID, context);
    assert.deepEqual(
      sent.map(({ shard }) => shard),
      [0, 1],
    );
    ends[1]!();
    ends[0]!();
    await aTurn();
    ends[2]!();
    assert.deepEqual(
      (await sealed).chunks.map(({ key }) => [key.name, key.home]),
      [0, 1, 2].map((chunk) => [`f/${ID}/c/${chunk}`, chunk % 2]),
    );
  });

  test("many small chunks are sealed eight at a time", async () => {
    const segments = [
      segmentOf(
        0,
        "a",
        Array.from({ length: 17 }, () => 100),
      ),
    ];
    const { sent, ends, context } = heldTasks();
    const sealed = sealSegments(TASK, segments, textsOf(segments), ID, context);
    for (let task = 0; task < 3; task++) {
      ends[task]!();
      await aTurn();
    }
    await sealed;
    assert.deepEqual(
      sent.map(({ inputs }) => inputs.length - 2),
      [8, 8, 1],
    );
  });

  test("chunks that are final already are the frame's as they lie", () => {
    const { chunks, bytes } = finalChunks([segmentOf(0, "a", [5, 6]), segmentOf(1, "b", [7])]);
    assert.deepEqual(
      chunks.map(({ key, rowCount }) => [key.name, key.home, rowCount]),
      [
        ["a/0", 0, 10],
        ["a/1", 0, 11],
        ["b/0", 1, 10],
      ],
    );
    assert.equal(bytes, 18);
  });
});
