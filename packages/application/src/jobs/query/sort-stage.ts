/**
 * A stage that ends in order: a sample of the keys says where the ranges of the partitions begin, rows go straight to the shard that
 * finishes their range, and the ranges, one after another, are the result.
 */
import {
  CHUNK_ROWS,
  chooseSplitters,
  type FrameId,
  type FrameRecord,
  planSort,
  type SortMergeArgs,
  SortMergeResult,
  type SortPlan,
  type SortSampleArgs,
  SortSampleResult,
  type SortSplitArgs,
  type Splitter,
  type Stage,
  type StageSink,
  sourceColumn,
} from "@eau2/dataframe";
import type { KeyRecord } from "@eau2/protocol";
import { planChunks } from "../plan-chunks.js";
import { runAll } from "../run-all.js";
import { dictionaryRanks } from "./dictionary-ranks.js";
import { rowBound } from "./group-stage.js";
import { knownColumns } from "./known-columns.js";
import { runLimitStage } from "./limit-stage.js";
import { mergePartitions, type Partitions, partitionsOf } from "./partitions.js";
import type { QueryWork } from "./query-work.js";
import { passedDictionaries } from "./rows-stage.js";
import { chunksOfTasks, runMsOf, runQueryTask } from "./run-query-task.js";
import { dropStageFrame, newFrameId, type StageResult } from "./stage-frame.js";
import { type StageInput, wholeFrame } from "./stage-input.js";
import { positionOf, stageReader } from "./stage-reader.js";

const TASKS_PER_SHARD = 2;
/** Times that a task which splits rows goes over a chunk: to pick, to count, to write. */
const PASSES = 3;

type SortSink = Extract<StageSink, { kind: "sort" }>;

export const planOrder = (stage: Stage, sink: SortSink, input: StageInput): SortPlan => {
  const names = stage.output.map(({ name }) => name);
  return planSort(sink.by, names, sink.limit, knownColumns(stage, input), rowBound(stage, input));
};

export const runSortStage = async (
  stage: Stage,
  sink: SortSink,
  input: StageInput,
  id: FrameId,
  work: QueryWork,
): Promise<StageResult> => {
  const { context } = work;
  const { record, isRead } = input;
  const plan = planOrder(stage, sink, input);
  const reader = stageReader(record, work.columnsOf(stage), [
    ...stage.steps,
    { kind: "project", columns: [...plan.columns] },
  ]);
  const ranks = await Promise.all(
    plan.ranked.map((key) => {
      const name = sourceColumn(plan.columns[key]!.expression, stage.steps)!;
      return dictionaryRanks(record.dictionaries[positionOf(record, name)]!.key, work);
    }),
  );
  const tasks = planChunks(record, context, { isRead, ...chunksOfTasks(reader.pipeline) });
  const dictionaries = passedDictionaries(stage.output, stage.steps, record);
  const source = (firstRows: number[]) => ({
    pipeline: reader.pipeline,
    spec: plan.spec,
    firstRows,
    dictionaryCount: reader.dictionaries.length,
    ranks: plan.spec.keys.map((_, key) => {
      const table = plan.ranked.indexOf(key);
      return table < 0 ? null : table;
    }),
  });
  const inputsOf = (chunks: FrameRecord["chunks"]): KeyRecord[] => [
    ...chunks.map(({ key }) => key),
    ...reader.dictionaries,
    ...ranks.map((table) => table.ranks),
  ];
  const sampled = work.phase(plan.partitionCount === 1 ? 0 : tasks.length);
  const sample: Splitter[][] =
    plan.partitionCount === 1
      ? []
      : await runAll(
          tasks,
          ({ shard }) => String(shard.home),
          TASKS_PER_SHARD,
          async ({ shard, chunks, firstRows }) => {
            const { value } = await runQueryTask(work, shard, {
              name: "query.sort-sample",
              args: { ...source(firstRows), stride: plan.sampleStride } satisfies SortSampleArgs,
              inputs: inputsOf(chunks),
              outputs: { kind: "listed", keys: [] },
              runMs: runMsOf(reader.pipeline, chunks.length),
            });
            sampled();
            return SortSampleResult.parse(value).sample;
          },
          context.abort,
        );
  const splitters = chooseSplitters(sample.flat(), plan.partitionCount);
  const partitions: Partitions = partitionsOf(splitters.length + 1, tasks.length, work);
  const split = work.phase(tasks.length);
  await runAll(
    tasks,
    ({ shard }) => String(shard.home),
    TASKS_PER_SHARD,
    async ({ index, shard, chunks, firstRows }) => {
      await runQueryTask(work, shard, {
        name: "query.sort-split",
        args: { ...source(firstRows), splitters } satisfies SortSplitArgs,
        inputs: inputsOf(chunks),
        outputs: { kind: "listed", keys: partitions.keysOfTask(index) },
        runMs: runMsOf(reader.pipeline, chunks.length, PASSES),
      });
      split();
    },
    context.abort,
  );
  const args: SortMergeArgs = {
    spec: plan.spec,
    types: stage.output.map(({ type }) => type as SortMergeArgs["types"][number]),
    dictionarySizes: dictionaries.map((entry) => entry?.size ?? 0),
    chunkRows: CHUNK_ROWS,
  };
  const task = {
    name: "query.sort-merge",
    args,
    tables: [],
    chunksOf: (value: unknown) => SortMergeResult.parse(value).chunks,
  };
  if (sink.limit === null || plan.spec.limit !== null) {
    return { ...(await mergePartitions(task, partitions, id, work)), dictionaries };
  }
  // Many first rows: what is behind them was sorted for nothing, which is cheaper than to pick them.
  const whole = newFrameId(context);
  const { chunks, bytes } = await mergePartitions(task, partitions, whole, work);
  const schema = { columns: stage.output.map(({ name, type }) => ({ name, type })) };
  const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const sorted: FrameRecord = { id: whole, schema, rowCount, chunks, dictionaries, bytes };
  const limit = { kind: "limit", offset: 0, count: sink.limit } as const;
  const cut: Stage = {
    source: { kind: "stage", stage },
    steps: [],
    input: stage.output,
    sink: limit,
    output: stage.output,
  };
  try {
    return await runLimitStage(cut, limit, wholeFrame(sorted), id, work);
  } finally {
    await dropStageFrame({ owned: [whole] }, context);
  }
};
