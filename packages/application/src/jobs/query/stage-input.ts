/** The frame that a stage reads: what is known of its columns, and which of its chunks can hold a row that matters. */
import {
  type ChunkFacts,
  type ColumnFacts,
  columnsOfConditions,
  FactsResult,
  type FrameRecord,
  mayPass,
  mergeFacts,
  NO_ROWS,
  type Stage,
  sourceConditions,
} from "@eau2/dataframe";
import type { JobContext } from "../job.js";
import { planChunks } from "../plan-chunks.js";
import { runAll } from "../run-all.js";
import type { QueryWork } from "./query-work.js";
import { runQueryTask } from "./run-query-task.js";
import { positionOf, sourceColumns } from "./stage-reader.js";

/** Facts of one answer: a message holds 256 KiB. */
const FACTS_PER_TASK_MAX = 1_024;

export interface StageInput {
  readonly record: FrameRecord;
  /** Whether a chunk is read, by its position in the frame. */
  readonly isRead: (index: number) => boolean;
  /** Of the chunks that are read. */
  readonly rowCount: number;
  readonly chunkCount: number;
  /** Of a column over the chunks that are read; undefined for those that were not asked for. */
  factsOf(name: string): ColumnFacts | undefined;
  /** Of a column, chunk by chunk. */
  chunkFactsOf(name: string): readonly ChunkFacts[] | undefined;
}

/** A frame of which nothing is left out. */
export const wholeFrame = (record: FrameRecord): StageInput => inputOf(record, new Map(), () => true);

/** @param names - columns of the frame whose facts are needed beside those of the stage's conditions. */
export const stageInput = async (
  stage: Stage,
  record: FrameRecord,
  names: readonly string[],
  work: QueryWork,
): Promise<StageInput> => {
  const conditions = sourceConditions(stage.steps);
  const facts = await readFacts(record, [...columnsOfConditions(conditions), ...names], work);
  if (conditions.length === 0) return inputOf(record, facts, () => true);
  const columns = sourceColumns(stage);
  const passes = record.chunks.map((_, index) => mayPass(conditions, columns, (name) => facts.get(name)![index]!));
  return inputOf(record, facts, (index) => passes[index]!);
};

const inputOf = (
  record: FrameRecord,
  facts: ReadonlyMap<string, readonly ChunkFacts[]>,
  isRead: StageInput["isRead"],
): StageInput => {
  const chunks = record.chunks.filter((_, index) => isRead(index));
  const merged = new Map<string, ColumnFacts>();
  return {
    record,
    isRead,
    chunkCount: chunks.length,
    rowCount: chunks.reduce((sum, { rowCount }) => sum + rowCount, 0),
    chunkFactsOf: (name) => facts.get(name),
    factsOf: (name) => {
      const known = merged.get(name);
      if (known !== undefined) return known;
      const found = facts
        .get(name)
        ?.filter((_, index) => isRead(index))
        .reduce<ColumnFacts>(mergeFacts, NO_ROWS);
      if (found !== undefined) merged.set(name, found);
      return found;
    },
  };
};

/** The facts of columns, chunk by chunk. */
const readFacts = async (
  record: FrameRecord,
  names: readonly string[],
  work: QueryWork,
): Promise<ReadonlyMap<string, readonly ChunkFacts[]>> => {
  const { context } = work;
  const { facts } = context;
  const columns = new Map([...new Set(names)].map((name) => [name, positionOf(record, name)]));
  const known = new Map([...columns.values()].map((column) => [column, facts.get(record.id, column)]));
  const asked = [...known].flatMap(([column, found]) => (found === undefined ? [column] : []));
  const answers = new Map(asked.map((column) => [column, new Array<ChunkFacts>(record.chunks.length)]));
  await runAll(
    factTasks(record, asked, context),
    ({ plan }) => String(plan.shard.home),
    1,
    async ({ plan, part }) => {
      const { value } = await runQueryTask(work, plan.shard, {
        name: "query.facts",
        args: { columns: part },
        inputs: plan.chunks.map(({ key }) => key),
        outputs: { kind: "listed", keys: [] },
      });
      FactsResult.parse(value).chunks.forEach((chunk, index) => {
        chunk.forEach((found, at) => {
          answers.get(part[at]!)![plan.positions[index]!] = found;
        });
      });
    },
    context.abort,
  );
  for (const [column, found] of answers) facts.keep(record.id, column, found);
  return new Map([...columns].map(([name, column]) => [name, known.get(column) ?? answers.get(column)!]));
};

/** Chunks and columns of each task. */
const factTasks = (record: FrameRecord, columns: readonly number[], context: JobContext) => {
  if (columns.length === 0) return [];
  return planChunks(record, context).flatMap((plan) => {
    const parts: number[][] = [];
    const size = Math.max(1, Math.floor(FACTS_PER_TASK_MAX / plan.chunks.length));
    for (let from = 0; from < columns.length; from += size) parts.push(columns.slice(from, from + size));
    return parts.map((part) => ({ plan, part }));
  });
};
