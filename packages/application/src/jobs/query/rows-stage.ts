/** A stage that ends in rows: chunks stay where they are. */
import { type FrameId, type FrameRecord, type RowsArgs, RowsResult, type Stage, sourceColumn } from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import { type IsRead, planChunks } from "../plan-chunks.js";
import { runAll } from "../run-all.js";
import type { QueryWork } from "./query-work.js";
import { chunksOfTasks, runMsOf, runQueryTask } from "./run-query-task.js";
import { chunkPrefix, type StageResult } from "./stage-frame.js";
import type { StageInput } from "./stage-input.js";
import { positionOf, stageReader } from "./stage-reader.js";

const TASKS_PER_SHARD = 2;
/** Chunks of one task: few, so that shards end at about the same time. */
const CHUNKS_MAX = 4;

/** The dictionaries that columns of a result refer to: those of columns of the source that are passed on. */
export const passedDictionaries = (
  columns: Stage["input"],
  steps: Stage["steps"],
  record: FrameRecord,
): FrameRecord["dictionaries"] =>
  columns.map(({ name }) => {
    const source = sourceColumn({ kind: "column", name }, steps);
    return source === undefined ? null : (record.dictionaries[positionOf(record, source)] ?? null);
  });

/** What of the source is read. */
interface RowsPart {
  /** Parts of one result have different numbers. */
  readonly number: number;
  readonly isRead: IsRead;
  /** Rows of each chunk's result that are kept, by position of the chunk. */
  readonly ranges?: readonly { readonly from: number; readonly to: number }[];
}

/** @param plain - columns whose text leaves its dictionary. */
export const runRowsStage = async (
  stage: Stage,
  { record, isRead }: StageInput,
  id: FrameId,
  work: QueryWork,
  part: RowsPart = { number: 0, isRead },
  plain: readonly boolean[] = [],
): Promise<StageResult> => {
  const { context } = work;
  const reader = stageReader(record, work.columnsOf(stage), selecting(stage));
  const passed = passedDictionaries(stage.input, stage.steps, record);
  const dictionaries = passed.map((entry, column) => (plain[column] === true ? null : entry));
  const { ranges } = part;
  const tasks = planChunks(record, context, {
    chunksMax: CHUNKS_MAX,
    tasksMax: Number.POSITIVE_INFINITY,
    ...chunksOfTasks(reader.pipeline),
    isRead: part.isRead,
  });
  const done = work.phase(tasks.length);
  const found: { readonly key: ReturnType<Key["toRecord"]>; readonly rowCount: number }[][] = record.chunks.map(
    () => [],
  );
  let bytes = 0;
  await runAll(
    tasks,
    ({ shard }) => String(shard.home),
    TASKS_PER_SHARD,
    async ({ index, shard, chunks, firstRows, positions }) => {
      const args: RowsArgs = {
        pipeline: reader.pipeline,
        firstRows,
        dictionaryCount: reader.dictionaries.length,
        coded: dictionaries.map((entry) => entry !== null),
        ...(ranges === undefined ? {} : { ranges: positions.map((position) => ranges[position]!) }),
      };
      const prefix = `${chunkPrefix(id, part.number)}/${index}`;
      const { value, outputBytes } = await runQueryTask(work, shard, {
        name: "query.rows",
        args,
        inputs: [...chunks.map(({ key }) => key), ...reader.dictionaries],
        outputs: { kind: "numbered", prefix, home: shard.home as never, first: 0 },
        runMs: runMsOf(reader.pipeline, chunks.length),
      });
      let output = 0;
      RowsResult.parse(value).rowCounts.forEach((rowCount, at) => {
        if (rowCount > 0)
          found[positions[at]!]!.push({ key: new Key(`${prefix}/${output++}`, shard.home).toRecord(), rowCount });
      });
      bytes += outputBytes.reduce((sum, size) => sum + size, 0);
      done();
    },
    context.abort,
  );
  return { chunks: found.flat(), bytes, dictionaries };
};

/** The steps, and that the columns come in their order even where no step says so. */
const selecting = ({ steps, input }: Stage): Stage["steps"] => {
  if (steps.some(({ kind }) => kind === "project")) return steps;
  return [
    ...steps,
    { kind: "project", columns: input.map(({ name }) => ({ name, expression: { kind: "column", name } })) },
  ];
};
