/** Partial group-by: the chunks of a task to a block for each hash partition of the keys. */
import type { TaskContext, TaskResult } from "@eau2/kvstore";
import { type Dictionary, decodeDictionary } from "@eau2/serialization";
import { z } from "zod";
import { accessOf } from "../aggregates/column-access.js";
import { stateLayout } from "../aggregates/state-layout.js";
import type { GroupBatch } from "../group/group-batch.js";
import { layRows, rowsBlockBytes, statesBlockBytes, writeStates } from "../group/group-block.js";
import { GroupSpec } from "../group/group-spec.js";
import { type GroupsFound, groupStates } from "../group/group-states.js";
import { GroupTable, partitionKeys } from "../group/group-table.js";
import { keyLayout } from "../group/key-layout.js";
import { keyWordCount, packKeys } from "../group/pack-keys.js";
import { hashPartitioner, RowScatter } from "../group/scatter-rows.js";
import { defineTask } from "../task/task.js";
import { cancelledError } from "./cancelled.js";
import { Pipeline, runPipeline, vectorAt } from "./pipeline.js";

export const GroupArgs = z.strictObject({
  /** Its columns are the keys, then the inputs of the accumulators. */
  pipeline: Pipeline,
  spec: GroupSpec,
  /** Row of the stage's input that each chunk begins with. */
  firstRows: z.array(z.number().min(0)),
  dictionaryCount: z.int().min(0),
  /** For each input: which of the task's rank tables, behind the dictionaries, stands for its codes. */
  ranks: z.array(z.int().min(0).nullable()),
});
export type GroupArgs = z.infer<typeof GroupArgs>;

export const GroupResult = z.strictObject({ rowCount: z.number(), groupCounts: z.array(z.number()) });

/** Share of new keys in the first batch above which gathering is given up: rows travel as they are. */
const NEW_KEYS_SHARE_MAX = 0.5;

/** A table of numbers that was put as a value. */
export const numbersOf = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);

/** Inputs: chunks, dictionaries, rank tables. Outputs: a block for each partition. */
export const groupTask = defineTask<GroupArgs>({
  name: "query.group",
  args: GroupArgs,
  run: async (args, context) => {
    const { pipeline, spec, firstRows, dictionaryCount, ranks } = args;
    const { inputs } = context;
    const chunks = inputs.slice(0, firstRows.length);
    const dictionaries = inputs
      .slice(firstRows.length, firstRows.length + dictionaryCount)
      .map((bytes) => decodeDictionary(bytes));
    const tables = inputs.slice(firstRows.length + dictionaryCount).map(numbersOf);
    const batchOf = (index: number): GroupBatch => {
      if (context.cancelled()) throw cancelledError("group");
      return groupBatch(pipeline, spec, chunks[index]!, dictionaries, firstRows[index]!, (input) => {
        const table = ranks[input];
        return table === null || table === undefined ? undefined : tables[table];
      });
    };
    const batches = { count: chunks.length, at: batchOf };
    return spec.needsRows || repeatsLittle(spec, batches)
      ? sendRows(spec, batches, context)
      : sendStates(spec, batches, context);
  },
});

interface Batches {
  readonly count: number;
  at(index: number): GroupBatch;
}

const groupBatch = (
  pipeline: Pipeline,
  spec: GroupSpec,
  chunk: Uint8Array,
  dictionaries: readonly Dictionary[],
  firstRow: number,
  tableOf: (input: number) => Uint32Array | undefined,
): GroupBatch => {
  const { batch, rows } = runPipeline(pipeline, chunk, dictionaries, firstRow);
  const keyCount = spec.keys.length;
  return {
    rowCount: batch.rowCount,
    keys: spec.keys.map(({ kind }, index) => accessOf(vectorAt(batch, index), undefined, kind === "wide")),
    inputs: spec.inputs.map(({ isWide }, index) => accessOf(vectorAt(batch, keyCount + index), tableOf(index), isWide)),
    firstRow,
    rows,
  };
};

/** Whether gathering is not worth it. It changes no result: only what travels. */
const repeatsLittle = (spec: GroupSpec, batches: Batches): boolean => {
  if (spec.partitionCount === 1 || batches.count === 0) return false;
  const layout = keyLayout(spec.keys);
  const batch = batches.at(0);
  const wordCount = keyWordCount(layout);
  const words = Array.from({ length: wordCount }, () => new Uint32Array(batch.rowCount));
  packKeys(layout, batch.keys, batch.rowCount, words);
  const table = new GroupTable(wordCount);
  table.findOrAdd(words, batch.rowCount, new Uint32Array(batch.rowCount));
  return table.size > batch.rowCount * NEW_KEYS_SHARE_MAX;
};

const sendStates = async (spec: GroupSpec, batches: Batches, context: TaskContext): Promise<TaskResult> => {
  const groups = groupStates(spec);
  let rowCount = 0;
  for (let index = 0; index < batches.count; index++) {
    const batch = batches.at(index);
    groups.add(batch);
    rowCount += batch.rowCount;
  }
  const found = groups.finish();
  const { stride } = stateLayout(spec.accumulators);
  const picks = pickByPartition(found, spec.partitionCount);
  const outputs = [];
  for (const picked of picks) {
    const { ref, view } = await context.allocate(statesBlockBytes(picked.length, found.words.length, stride));
    writeStates(found, picked, stride, view);
    outputs.push(ref);
  }
  return { value: { rowCount, groupCounts: picks.map(({ length }) => length) }, outputs };
};

/** Groups by hash partition, in their order. */
const pickByPartition = ({ groupCount, words }: GroupsFound, partitionCount: number): Uint32Array[] => {
  const partitions = new Uint8Array(groupCount);
  partitionKeys(words, groupCount, partitionCount, partitions);
  const counts = new Uint32Array(partitionCount);
  for (const partition of partitions) counts[partition]!++;
  const picks = Array.from(counts, (count) => new Uint32Array(count));
  const next = new Uint32Array(partitionCount);
  for (let group = 0; group < groupCount; group++) {
    const partition = partitions[group]!;
    picks[partition]![next[partition]!++] = group;
  }
  return picks;
};

const sendRows = async (spec: GroupSpec, batches: Batches, context: TaskContext): Promise<TaskResult> => {
  const scatter = new RowScatter(hashPartitioner(spec), spec.inputs);
  for (let index = 0; index < batches.count; index++) scatter.count(batches.at(index));
  const outputs = [];
  const blocks = [];
  for (const count of scatter.counts) {
    const { ref, view } = await context.allocate(rowsBlockBytes(count, scatter.wordCount, spec.inputs));
    blocks.push(layRows(count, scatter.wordCount, spec.inputs, view));
    outputs.push(ref);
  }
  for (let index = 0; index < batches.count; index++) scatter.scatter(batches.at(index), blocks);
  const rowCount = scatter.counts.reduce((sum, count) => sum + count, 0);
  return { value: { rowCount, groupCounts: Array.from(scatter.counts) }, outputs };
};
