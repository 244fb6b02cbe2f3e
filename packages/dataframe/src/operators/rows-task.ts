/** A stage that ends in rows: each chunk's rows become a chunk of the result. */
import { type ColumnLayout, decodeDictionary, encodeChunk } from "@eau2/serialization";
import { z } from "zod";
import { defineTask } from "../task/task.js";
import { encodeVector } from "../vector/encode-vector.js";
import { listsOfVector } from "../vector/lists-of-vector.js";
import { plainText } from "../vector/plain-text.js";
import { typeOfVector } from "../vector/type-of-vector.js";
import type { Vector } from "../vector/vector.js";
import { cancelledError } from "./cancelled.js";
import { gatherBatch, Pipeline, runPipeline } from "./pipeline.js";

export const RowsArgs = z.strictObject({
  pipeline: Pipeline,
  firstRows: z.array(z.number().min(0)),
  dictionaryCount: z.int().min(0),
  /** For each column of the result: whether its text stays coded, in the dictionary it has in the source. */
  coded: z.array(z.boolean()),
  /** Rows of each chunk's result that are kept, from the first one on. @defaultValue all */
  ranges: z.array(z.strictObject({ from: z.int().min(0), to: z.int().min(0) })).optional(),
});
export type RowsArgs = z.infer<typeof RowsArgs>;

/** Rows of each chunk's result; chunks without rows have no output. */
export const RowsResult = z.strictObject({ rowCounts: z.array(z.int().min(0)) });

/** Text without codes, also that in lists. */
const spelled = (vector: Vector): Vector => {
  switch (typeOfVector(vector)) {
    case "utf8":
      return plainText(vector);
    case "list<utf8>": {
      const lists = listsOfVector(vector);
      return { ...lists, elements: plainText(lists.elements) };
    }
    default:
      return vector;
  }
};

const encoded = (vector: Vector, isCoded: boolean): ColumnLayout => encodeVector(isCoded ? vector : spelled(vector));

const numbersFrom = (from: number, to: number): Uint32Array => {
  const rows = new Uint32Array(Math.max(0, to - from));
  for (let index = 0; index < rows.length; index++) rows[index] = from + index;
  return rows;
};

/** Inputs: chunks, dictionaries. Outputs: chunks. */
export const rowsTask = defineTask<RowsArgs>({
  name: "query.rows",
  args: RowsArgs,
  run: async ({ pipeline, firstRows, dictionaryCount, coded, ranges }, context) => {
    const { inputs } = context;
    const dictionaries = inputs
      .slice(firstRows.length, firstRows.length + dictionaryCount)
      .map((bytes) => decodeDictionary(bytes));
    const outputs = [];
    const rowCounts: number[] = [];
    for (const [index, firstRow] of firstRows.entries()) {
      if (context.cancelled()) throw cancelledError("rows");
      let { batch } = runPipeline(pipeline, inputs[index]!, dictionaries, firstRow);
      const range = ranges?.[index];
      if (range !== undefined && (range.from > 0 || range.to < batch.rowCount)) {
        batch = gatherBatch(batch, numbersFrom(range.from, Math.min(range.to, batch.rowCount)));
      }
      rowCounts.push(batch.rowCount);
      if (batch.rowCount === 0) continue;
      const columns = batch.columns.map(({ vector }, column) => encoded(vector, coded[column]!));
      const chunk = encodeChunk(columns, batch.rowCount);
      const { ref, view } = await context.allocate(chunk.byteLength);
      chunk.write(view);
      outputs.push(ref);
    }
    return { value: { rowCounts }, outputs };
  },
});
