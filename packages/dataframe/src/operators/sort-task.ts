/** Sorting: a sample says where ranges begin, rows go to their range, and each range is put in order. */
import { type ColumnLayout, type Dictionary, decodeDictionary, encodeChunk } from "@eau2/serialization";
import { z } from "zod";
import { accessOf } from "../aggregates/column-access.js";
import { SCALAR_TYPES, type ScalarType } from "../expression/expression.js";
import type { GroupBatch } from "../group/group-batch.js";
import { layRows, type RowsBlock, readGroupBlock, rowsBlockBytes } from "../group/group-block.js";
import { type Partitioner, RowScatter } from "../group/scatter-rows.js";
import { FirstRows } from "../sort/first-rows.js";
import { packSortKeys, sortLayout } from "../sort/sort-keys.js";
import { SortSpec, Splitter } from "../sort/sort-spec.js";
import { SortedRows } from "../sort/sorted-rows.js";
import { rangesOf, splitByRange } from "../sort/split-by-range.js";
import { defineTask } from "../task/task.js";
import { cancelledError } from "./cancelled.js";
import { numbersOf } from "./group-task.js";
import { gatherBatch, Pipeline, runPipeline, type StageBatch, vectorAt } from "./pipeline.js";

const Source = {
  /** Its columns are the keys, then those of the result. */
  pipeline: Pipeline,
  spec: SortSpec,
  firstRows: z.array(z.number().min(0)),
  dictionaryCount: z.int().min(0),
  /** For each key: which of the task's rank tables, behind the dictionaries, stands for its codes. */
  ranks: z.array(z.int().min(0).nullable()),
};

/** What tasks read: chunks, dictionaries, rank tables. */
class Reader {
  readonly #dictionaries: readonly Dictionary[];
  readonly #tables: readonly Uint32Array[];

  constructor(
    private readonly args: z.infer<z.ZodObject<typeof Source>>,
    private readonly inputs: readonly Uint8Array[],
  ) {
    const { firstRows, dictionaryCount } = args;
    const tablesFrom = firstRows.length + dictionaryCount;
    this.#dictionaries = inputs.slice(firstRows.length, tablesFrom).map((bytes) => decodeDictionary(bytes));
    this.#tables = inputs.slice(tablesFrom).map(numbersOf);
  }

  read(chunk: number): StageBatch {
    const { pipeline, firstRows } = this.args;
    return runPipeline(pipeline, this.inputs[chunk]!, this.#dictionaries, firstRows[chunk]!);
  }

  /** The keys of a batch, and its other columns. */
  rows({ batch, rows }: StageBatch, chunk: number): GroupBatch {
    const { spec, ranks, firstRows } = this.args;
    return {
      rowCount: batch.rowCount,
      keys: spec.keys.map(({ field }, key) => {
        const table = ranks[key];
        const numbers = table === null || table === undefined ? undefined : this.#tables[table];
        return accessOf(vectorAt(batch, key), numbers, field.kind === "wide");
      }),
      inputs: spec.inputs.map(({ isWide }, input) =>
        accessOf(vectorAt(batch, spec.keys.length + input), undefined, isWide),
      ),
      firstRow: firstRows[chunk]!,
      rows,
    };
  }
}

export const SortSampleArgs = z.strictObject({
  ...Source,
  /** One row of so many is looked at. */
  stride: z.int().min(1),
});
export type SortSampleArgs = z.infer<typeof SortSampleArgs>;
export const SortSampleResult = z.strictObject({ sample: z.array(Splitter) });

/** Inputs: chunks, dictionaries, rank tables. No outputs. */
export const sortSampleTask = defineTask<SortSampleArgs>({
  name: "query.sort-sample",
  args: SortSampleArgs,
  run: (args, { inputs, cancelled }) => {
    const reader = new Reader(args, inputs);
    const layout = sortLayout(args.spec.keys);
    const sample: Splitter[] = [];
    for (let chunk = 0; chunk < args.firstRows.length; chunk++) {
      if (cancelled()) throw cancelledError("sort");
      const { batch, rows } = reader.read(chunk);
      const firstRow = args.firstRows[chunk]!;
      const numberOf = (row: number) => firstRow + (rows === undefined ? row : rows[row]!);
      const picked = sampled(batch.rowCount, args.stride, numberOf);
      const few = reader.rows({ batch: gatherBatch(batch, picked), rows: undefined }, chunk);
      const words = layout.words.map(() => new Uint32Array(picked.length));
      packSortKeys(layout, few.keys, picked.length, words);
      picked.forEach((row, index) => {
        sample.push({ words: words.map((word) => word[index]!), row: numberOf(row) });
      });
    }
    return { value: { sample }, outputs: [] };
  },
});

/** Rows whose number in the frame is a multiple of the stride: the same whatever chunk they are in. */
const sampled = (rowCount: number, stride: number, numberOf: (row: number) => number): Uint32Array => {
  const rows: number[] = [];
  for (let row = 0; row < rowCount; row++) if (numberOf(row) % stride === 0) rows.push(row);
  return Uint32Array.from(rows);
};

export const SortSplitArgs = z.strictObject({ ...Source, splitters: z.array(Splitter).max(255) });
export type SortSplitArgs = z.infer<typeof SortSplitArgs>;

/** Inputs: chunks, dictionaries, rank tables. Outputs: a block for each range. */
export const sortSplitTask = defineTask<SortSplitArgs>({
  name: "query.sort-split",
  args: SortSplitArgs,
  run: async (args, context) => {
    const { spec, splitters } = args;
    const reader = new Reader(args, context.inputs);
    const layout = sortLayout(spec.keys);
    const ranges = rangesOf(splitters, layout.words.length);
    const partitioner: Partitioner = {
      wordCount: layout.words.length,
      partitionCount: splitters.length + 1,
      pack: ({ keys, rowCount }, words) => packSortKeys(layout, keys, rowCount, words),
      partition: ({ rowCount, firstRow, rows }, words, partitions) =>
        splitByRange(words, rowCount, ranges, firstRow, rows, partitions),
    };
    // Of a few first rows each chunk sends those alone that can be among them.
    const first = spec.limit === null ? undefined : new FirstRows(layout, spec.limit);
    const chunkCount = args.firstRows.length;
    const picks = Array.from({ length: chunkCount }, (_, chunk) =>
      first === undefined ? undefined : first.pick(reader.rows(reader.read(chunk), chunk)),
    );
    const batchOf = (chunk: number): GroupBatch => {
      if (context.cancelled()) throw cancelledError("sort");
      const read = reader.read(chunk);
      const picked = picks[chunk];
      if (picked === undefined) return reader.rows(read, chunk);
      const rows = read.rows === undefined ? picked : picked.map((row) => read.rows![row]!);
      return reader.rows({ batch: gatherBatch(read.batch, picked), rows }, chunk);
    };
    const scatter = new RowScatter(partitioner, spec.inputs);
    for (let chunk = 0; chunk < chunkCount; chunk++) scatter.count(batchOf(chunk));
    const outputs = [];
    const blocks: RowsBlock[] = [];
    for (const count of scatter.counts) {
      const { ref, view } = await context.allocate(rowsBlockBytes(count, scatter.wordCount, spec.inputs));
      blocks.push(layRows(count, scatter.wordCount, spec.inputs, view));
      outputs.push(ref);
    }
    for (let chunk = 0; chunk < chunkCount; chunk++) scatter.scatter(batchOf(chunk), blocks);
    return { value: { rowCounts: Array.from(scatter.counts) }, outputs };
  },
});

export const SortMergeArgs = z.strictObject({
  spec: SortSpec,
  types: z.array(z.enum(SCALAR_TYPES)),
  /** For each column: entries of its dictionary, 0 without. */
  dictionarySizes: z.array(z.number().min(0)),
  chunkRows: z.int().min(1),
});
export type SortMergeArgs = Omit<z.infer<typeof SortMergeArgs>, "types"> & { readonly types: ScalarType[] };
export const SortMergeResult = z.strictObject({ chunks: z.array(z.int().min(1)) });

/** Inputs: the blocks of a range. Outputs: chunks, in order. */
export const sortMergeTask = defineTask<SortMergeArgs>({
  name: "query.sort-merge",
  args: SortMergeArgs,
  run: async ({ spec, types, dictionarySizes, chunkRows }, context) => {
    const blocks = context.inputs.map(readGroupBlock).map((block) => {
      if (block.kind !== "rows") throw new Error("invariant: what is sorted are rows");
      return block;
    });
    const sorted = new SortedRows(blocks, sortLayout(spec.keys).words.length);
    const rowCount = Math.min(sorted.rowCount, spec.limit ?? sorted.rowCount);
    const outputs = [];
    const chunks: number[] = [];
    for (let from = 0; from < rowCount; from += chunkRows) {
      if (context.cancelled()) throw cancelledError("sort");
      const to = Math.min(rowCount, from + chunkRows);
      const columns = types.map(
        (type, input): ColumnLayout => sorted.column(input, type, from, to, dictionarySizes[input]!),
      );
      const chunk = encodeChunk(columns, to - from);
      const { ref, view } = await context.allocate(chunk.byteLength);
      chunk.write(view);
      outputs.push(ref);
      chunks.push(to - from);
    }
    return { value: { chunks }, outputs };
  },
});
