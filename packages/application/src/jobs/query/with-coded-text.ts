/**
 * Sinks in which rows meet compare text by the codes of one dictionary. Where text that they read has none, because it is computed or
 * because most of it differs, the stage's steps run first, and their result is coded.
 */
import {
  type CodeArgs,
  CodeResult,
  type Derived,
  dictionaryPrefix,
  type Expression,
  type FrameId,
  type FrameRecord,
  type PlanColumn,
  type RecodeArgs,
  resolveType,
  type Stage,
  type StageSink,
  sourceColumn,
} from "@eau2/dataframe";
import { Key } from "@eau2/kvstore";
import { placeChunks } from "../plan-chunks.js";
import { runAll } from "../run-all.js";
import { unifyDictionaries } from "../seal-segments.js";
import type { QueryWork } from "./query-work.js";
import { runMsOf, runQueryTask } from "./run-query-task.js";
import { sinkExpressions } from "./sink-expressions.js";
import { chunkPrefix, dropStageFrame, newFrameId, type StageFrame } from "./stage-frame.js";
import type { StageInput } from "./stage-input.js";
import { positionOf, stageReader } from "./stage-reader.js";

const TASKS_PER_SHARD = 2;

/** The expressions that a sink reads: as columns of a frame between, its steps done. */
interface Staged {
  readonly columns: readonly Derived[];
  readonly sink: StageSink;
}

/** Whether an expression over a stage's input is text that has no codes. */
const lacksCodes = (expression: Expression, stage: Stage, record: FrameRecord): boolean => {
  if (resolveType(expression, stage.input, "query") !== "utf8") return false;
  const name = sourceColumn(expression, stage.steps);
  return name === undefined || (record.dictionaries[positionOf(record, name)] ?? null) === null;
};

/** What a stage reads whose text must be coded first; nothing where all of it is. */
export const uncodedText = (stage: Stage, record: FrameRecord): readonly Expression[] =>
  sinkExpressions(stage).filter((expression) => lacksCodes(expression, stage, record));

/** A stage that reads a frame in which all its text is coded, and that frame. */
export const withCodedText = async (
  stage: Stage,
  source: StageInput,
  work: QueryWork,
): Promise<{ readonly stage: Stage; readonly frame: StageFrame }> => {
  const { columns, sink } = staged(stage);
  const input = columns.map(
    ({ name, expression }): PlanColumn => ({ name, type: resolveType(expression, stage.input, "query") }),
  );
  const between: Stage = { ...stage, steps: [...stage.steps, { kind: "project", columns: [...columns] }], input };
  const anew = columns.map(({ expression }) => lacksCodes(expression, stage, source.record));
  const coded = await codeText(between, anew, source, work);
  const before: Stage = { ...between, sink: { kind: "rows" }, output: input };
  return {
    stage: { source: { kind: "stage", stage: before }, steps: [], input, sink, output: stage.output },
    frame: coded,
  };
};

const column = (name: string): Expression => ({ kind: "column", name });

const staged = ({ sink, input }: Stage): Staged => {
  const passed = input.map(({ name }) => ({ name, expression: column(name) }));
  switch (sink.kind) {
    case "group": {
      const columns: Derived[] = [];
      const taken = (expression: Expression): Expression => {
        const name = `c${columns.length}`;
        columns.push({ name, expression });
        return column(name);
      };
      const keys = sink.keys.map(({ name, expression }) => ({ name, expression: taken(expression) }));
      const aggregates = sink.aggregates.map(({ name, aggregate }) => ({
        name,
        aggregate: { ...aggregate, args: aggregate.args.map(taken) },
      }));
      return { columns, sink: { kind: "group", keys, aggregates } };
    }
    case "sort": {
      const columns: Derived[] = [...passed];
      const by = sink.by.map((key, index) => {
        if (key.expression.kind === "column") return key;
        const name = freeName(`sort ${index}`, input);
        columns.push({ name, expression: key.expression });
        return { ...key, expression: column(name) };
      });
      return { columns, sink: { ...sink, by } };
    }
    default:
      return { columns: passed, sink };
  }
};

const freeName = (wanted: string, columns: readonly PlanColumn[]): string => {
  let name = wanted;
  while (columns.some((other) => other.name === name)) name += " ";
  return name;
};

/** Whatever goes wrong, nothing of the frame is left. */
const codeText = async (
  stage: Stage,
  anew: readonly boolean[],
  source: StageInput,
  work: QueryWork,
): Promise<StageFrame> => {
  const id = newFrameId(work.context);
  try {
    return await coded(stage, anew, source, id, work);
  } catch (error) {
    work.context.abort(error);
    await dropStageFrame({ owned: [id] }, work.context);
    await work.context.store.drop(dictionaryPrefix(id)).catch(() => {});
    throw error;
  }
};

const coded = async (
  stage: Stage,
  anew: readonly boolean[],
  { record, isRead }: StageInput,
  id: FrameId,
  work: QueryWork,
): Promise<StageFrame> => {
  const { context } = work;
  const scope = work.scope("t");
  const reader = stageReader(record, work.columnsOf(stage), stage.steps);
  const columns: CodeArgs["columns"] = anew.map((isAnew) => (isAnew ? "coded anew" : "as it is"));
  const textColumns = anew.flatMap((isAnew, index) => (isAnew ? [index] : []));
  // Numbered anew: chunks that are not read have no number here.
  const places = placeChunks(record, context, isRead).map((place, index) => ({ ...place, index }));
  const done = work.phase(places.length * 2 + textColumns.length);
  const stagedKey = (index: number, home: number) => new Key(`${scope}/s/${index}`, home).toRecord();
  const dictionaryKey = (index: number, text: number, home: number) => new Key(`${scope}/d/${index}/${text}`, home);
  const lane = ({ shard }: (typeof places)[number]) => String(shard.home);
  const rowCounts = await runAll(
    places,
    lane,
    TASKS_PER_SHARD,
    async ({ index, shard, chunk, firstRow }) => {
      const args: CodeArgs = {
        pipeline: reader.pipeline,
        firstRow,
        dictionaryCount: reader.dictionaries.length,
        columns,
      };
      const made = textColumns.map((_, text) => dictionaryKey(index, text, shard.home).toRecord());
      const { value } = await runQueryTask(work, shard, {
        name: "query.code",
        args,
        inputs: [chunk.key, ...reader.dictionaries],
        outputs: { kind: "listed", keys: [stagedKey(index, shard.home), ...made] },
        runMs: runMsOf(reader.pipeline, 1),
      });
      done();
      return CodeResult.parse(value).rowCount;
    },
    context.abort,
  );
  const unified: Awaited<ReturnType<typeof unifyDictionaries>>[] = [];
  for (const [text, position] of textColumns.entries()) {
    const inputs = places.map(({ index, shard }) => dictionaryKey(index, text, shard.home));
    const made = await unifyDictionaries(position, inputs, id, context, `${scope}/u`);
    work.ownsDictionary(made.key);
    unified.push(made);
    done();
  }
  const passed = stage.input.map(({ name }) => {
    const source = sourceColumn(column(name), stage.steps);
    return source === undefined ? null : (record.dictionaries[positionOf(record, source)] ?? null);
  });
  const dictionaries = passed.map((entry, index) => {
    const made = unified[textColumns.indexOf(index)];
    return made === undefined ? entry : { key: made.key.toRecord(), size: made.size };
  });
  const args: RecodeArgs = {
    dictionarySizes: anew.map((isAnew, index) => (isAnew ? dictionaries[index]!.size : null)),
  };
  const kept = places.filter(({ index }) => rowCounts[index]! > 0);
  const parts = await runAll(
    kept,
    lane,
    TASKS_PER_SHARD,
    async ({ index, shard }) => {
      const key = new Key(`${chunkPrefix(id, index)}`, shard.home).toRecord();
      const { outputBytes } = await runQueryTask(work, shard, {
        name: "query.recode",
        args,
        inputs: [stagedKey(index, shard.home), ...unified.map((made) => made.newCodes[index]!.toRecord())],
        outputs: { kind: "listed", keys: [key] },
        release: [stagedKey(index, shard.home)],
      });
      done();
      return { chunk: { key, rowCount: rowCounts[index]! }, bytes: outputBytes[0]! };
    },
    context.abort,
  );
  const schema = { columns: stage.input.map(({ name, type }) => ({ name, type })) };
  const chunks = parts.map(({ chunk }) => chunk);
  const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return { record: { id, schema, rowCount, chunks, dictionaries, bytes }, owned: [id] };
};
