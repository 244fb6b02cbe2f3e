/** A stage that ends in groups: partial states where the chunks lie, one block for each hash partition, then one task a partition. */
import {
  CHUNK_ROWS,
  type FrameId,
  type FrameRecord,
  type GroupArgs,
  type GroupPlan,
  type MergeArgs,
  MergeResult,
  planGroup,
  type Stage,
  type StageSink,
  sourceColumn,
} from "@eau2/dataframe";
import { planChunks } from "../plan-chunks.js";
import { runAll } from "../run-all.js";
import { dictionaryRanks, type RankKeys } from "./dictionary-ranks.js";
import { knownColumns } from "./known-columns.js";
import { mergePartitions, type Partitions, partitionsOf } from "./partitions.js";
import type { QueryJobOptions, QueryWork } from "./query-work.js";
import { chunksOfTasks, runMsOf, runQueryTask } from "./run-query-task.js";
import type { StageResult } from "./stage-frame.js";
import type { StageInput } from "./stage-input.js";
import { positionOf, stageReader } from "./stage-reader.js";

const TASKS_PER_SHARD = 2;
/** Times that a task may go over a chunk: to see how keys repeat, to count, to write. */
const PASSES = 3;

type GroupSink = Extract<StageSink, { kind: "group" }>;

export const planGroups = (
  stage: Stage,
  { keys, aggregates }: GroupSink,
  input: StageInput,
  { plainSums }: Pick<QueryJobOptions, "plainSums">,
): GroupPlan =>
  planGroup(keys, aggregates, knownColumns(stage, input), { rowCount: rowBound(stage, input), plainSums });

export const runGroups = async (
  plan: GroupPlan,
  stage: Stage,
  input: StageInput,
  id: FrameId,
  work: QueryWork,
): Promise<StageResult> => {
  const { record } = input;
  const dictionaries = plan.dictionaryOf.map((column) => {
    if (column === undefined) return null;
    const name = sourceColumn(plan.columns[column]!.expression, stage.steps)!;
    return record.dictionaries[positionOf(record, name)] ?? null;
  });
  const ranks = await ranksOf(plan, stage, record, work);
  const partitions = await partial(plan, ranks, stage, input, work);
  const args: MergeArgs = {
    spec: plan.spec,
    outputs: plan.outputs,
    names: stage.output.map(({ name }) => name),
    dictionarySizes: dictionaries.map((entry) => entry?.size ?? 0),
    ranksOf: plan.ranked,
    chunkRows: CHUNK_ROWS,
  };
  const task = {
    name: "query.merge",
    args,
    tables: ranks.map((table) => table.codes),
    chunksOf: (value: unknown) => MergeResult.parse(value).chunks,
  };
  return { ...(await mergePartitions(task, partitions, id, work)), dictionaries };
};

/** Most rows that reach the sink; lists may have any number of elements. */
const EXPLODED_ROWS_MAX = 2 ** 40;
export const rowBound = ({ steps }: Stage, { rowCount }: StageInput): number =>
  steps.some(({ kind }) => kind === "explode") ? EXPLODED_ROWS_MAX : rowCount;

const ranksOf = (plan: GroupPlan, stage: Stage, record: FrameRecord, work: QueryWork): Promise<RankKeys[]> =>
  Promise.all(
    plan.ranked.map((input) => {
      const { expression } = plan.columns[plan.spec.keys.length + input]!;
      const name = sourceColumn(expression, stage.steps)!;
      return dictionaryRanks(record.dictionaries[positionOf(record, name)]!.key, work);
    }),
  );

const partial = async (
  plan: GroupPlan,
  ranks: readonly RankKeys[],
  stage: Stage,
  { record, isRead }: StageInput,
  work: QueryWork,
): Promise<Partitions> => {
  const { context } = work;
  const columns = [...plan.columns];
  const reader = stageReader(record, work.columnsOf(stage), [...stage.steps, { kind: "project", columns }]);
  const tasks = planChunks(record, context, { isRead, ...chunksOfTasks(reader.pipeline) });
  const partitions = partitionsOf(plan.spec.partitionCount, tasks.length, work);
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
      await runQueryTask(work, shard, {
        name: "query.group",
        args,
        inputs: [...chunks.map(({ key }) => key), ...reader.dictionaries, ...ranks.map((table) => table.ranks)],
        outputs: { kind: "listed", keys: partitions.keysOfTask(index) },
        runMs: runMsOf(reader.pipeline, chunks.length, PASSES),
      });
      done();
    },
    context.abort,
  );
  return partitions;
};
