/** A stage that ends in groups: partial states where the chunks lie, one block for each hash partition, then one task a partition. */
import {
  CHUNK_ROWS,
  type FrameId,
  type FrameRecord,
  type GroupArgs,
  type GroupPlan,
  GroupResult,
  type MergeArgs,
  MergeResult,
  planGroup,
  type Stage,
  type StageSink,
  sourceColumn,
} from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import type { KeyRecord } from "@eau2/protocol";
import type { JobShard } from "../job.js";
import { planChunks } from "../plan-chunks.js";
import { runAll } from "../run-all.js";
import { dictionaryRanks, type RankKeys } from "./dictionary-ranks.js";
import { knownColumns } from "./known-columns.js";
import type { QueryWork } from "./query-work.js";
import { runQueryTask } from "./run-query-task.js";
import { chunkPrefix, type StageChunks, type StageResult } from "./stage-frame.js";
import { positionOf, stageReader } from "./stage-reader.js";

const TASKS_PER_SHARD = 2;

type GroupSink = Extract<StageSink, { kind: "group" }>;

export const runGroupStage = async (
  stage: Stage,
  { keys, aggregates }: GroupSink,
  record: FrameRecord,
  id: FrameId,
  work: QueryWork,
): Promise<StageResult> => {
  const { context } = work;
  const expressions = [
    ...keys.map(({ expression }) => expression),
    ...aggregates.flatMap(({ aggregate }) => aggregate.args),
  ];
  const columnOf = await knownColumns(stage, record, expressions, context);
  const plan = planGroup(keys, aggregates, columnOf, {
    rowCount: rowBound(stage, record),
    plainSums: work.options.plainSums,
  });
  const dictionaries = plan.dictionaryOf.map((column) => {
    if (column === undefined) return null;
    const name = sourceColumn(plan.columns[column]!.expression, stage.steps)!;
    return record.dictionaries[positionOf(record, name)] ?? null;
  });
  const ranks = await ranksOf(plan, stage, record, work);
  const blocks = await partial(plan, ranks, stage, record, work);
  const names = stage.output.map(({ name }) => name);
  const args: MergeArgs = {
    spec: plan.spec,
    outputs: plan.outputs,
    names,
    dictionarySizes: dictionaries.map((entry) => entry?.size ?? 0),
    ranksOf: plan.ranked,
    chunkRows: CHUNK_ROWS,
  };
  const merged = await merge(
    args,
    blocks,
    ranks.map((table) => table.codes),
    id,
    work,
  );
  return { ...merged, dictionaries };
};

/** Most rows that reach the sink; lists may have any number of elements. */
const EXPLODED_ROWS_MAX = 2 ** 40;
const rowBound = ({ steps }: Stage, { rowCount }: FrameRecord): number =>
  steps.some(({ kind }) => kind === "explode") ? EXPLODED_ROWS_MAX : rowCount;

const ranksOf = (plan: GroupPlan, stage: Stage, record: FrameRecord, work: QueryWork): Promise<RankKeys[]> =>
  Promise.all(
    plan.ranked.map((input) => {
      const { expression } = plan.columns[plan.spec.keys.length + input]!;
      const name = sourceColumn(expression, stage.steps)!;
      return dictionaryRanks(record.dictionaries[positionOf(record, name)]!.key, work);
    }),
  );

interface PartialBlocks {
  /** The shard that finishes each partition. */
  readonly finisher: (partition: number) => JobShard;
  readonly keysOf: (partition: number) => KeyRecord[];
  readonly partitionCount: number;
}

const partial = async (
  plan: GroupPlan,
  ranks: readonly RankKeys[],
  stage: Stage,
  record: FrameRecord,
  work: QueryWork,
): Promise<PartialBlocks> => {
  const { context } = work;
  const { partitionCount } = plan.spec;
  const reader = stageReader(record, work.columnsOf(stage), [
    ...stage.steps,
    { kind: "project", columns: [...plan.columns] },
  ]);
  const tasks = planChunks(record, context);
  const scope = work.scope("g");
  const finisher = (partition: number): JobShard => context.shards[partition % context.shards.length]!;
  const keyOf = (partition: number, task: number): KeyRecord =>
    new Key(`${scope}/${partition}/${task}`, finisher(partition).home).toRecord();
  const done = work.phase(tasks.length);
  await runAll(
    tasks,
    ({ shard }) => String(shard.home),
    TASKS_PER_SHARD,
    async ({ index, shard, chunks, firstRows }) => {
      const args: GroupArgs = {
        pipeline: reader.pipeline,
        spec: plan.spec,
        firstRows,
        dictionaryCount: reader.dictionaries.length,
        ranks: plan.spec.inputs.map((_, input) => {
          const table = plan.ranked.indexOf(input);
          return table < 0 ? null : table;
        }),
      };
      const { value } = await runQueryTask(context, shard, {
        name: "query.group",
        args,
        inputs: [...chunks.map(({ key }) => key), ...reader.dictionaries, ...ranks.map((table) => table.ranks)],
        outputs: {
          kind: "listed",
          keys: Array.from({ length: partitionCount }, (_, partition) => keyOf(partition, index)),
        },
      });
      GroupResult.parse(value);
      done();
    },
    context.abort,
  );
  return { finisher, keysOf: (partition) => tasks.map(({ index }) => keyOf(partition, index)), partitionCount };
};

const merge = async (
  args: MergeArgs,
  { finisher, keysOf, partitionCount }: PartialBlocks,
  codes: readonly KeyRecord[],
  id: FrameId,
  work: QueryWork,
): Promise<StageChunks> => {
  const { context } = work;
  const done = work.phase(partitionCount);
  const parts = await runAll(
    Array.from({ length: partitionCount }, (_, partition) => partition),
    (partition) => String(finisher(partition).home),
    TASKS_PER_SHARD,
    async (partition) => {
      const shard = finisher(partition);
      const prefix = chunkPrefix(id, partition);
      const inputs = keysOf(partition);
      const { value, outputBytes } = await runQueryTask(context, shard, {
        name: "query.merge",
        args,
        inputs: [...inputs, ...codes],
        outputs: { kind: "numbered", prefix, home: shard.home as never, first: 0 },
        release: inputs,
      });
      done();
      const chunks = MergeResult.parse(value).chunks.map((rowCount, index) => ({
        key: new Key(`${prefix}/${index}`, shard.home).toRecord(),
        rowCount,
      }));
      return { chunks, bytes: outputBytes.reduce((sum, bytes) => sum + bytes, 0) };
    },
    context.abort,
  );
  return {
    chunks: parts.flatMap(({ chunks }) => chunks),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
};
