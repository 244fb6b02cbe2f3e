/** Reads the heads of chunks for the planner. */
import { decodeChunk } from "@eau2/serialization";
import { z } from "zod";
import { ChunkFacts, factsOfLayout } from "../planner/column-facts.js";
import { defineTask } from "../task/task.js";

export const FactsArgs = z.strictObject({
  /** Positions of the columns that are asked for. */
  columns: z.array(z.int().min(0)),
});
export type FactsArgs = z.infer<typeof FactsArgs>;

/** For each chunk the facts of each column that was asked for. */
export const FactsResult = z.strictObject({ chunks: z.array(z.array(ChunkFacts)) });

/** Inputs: chunks. No outputs. */
export const factsTask = defineTask<FactsArgs>({
  name: "query.facts",
  args: FactsArgs,
  run: ({ columns }, { inputs }) => {
    const chunks = inputs.map((bytes) => {
      const { columns: layouts } = decodeChunk(bytes);
      return columns.map((column) => factsOfLayout(layouts[column]!));
    });
    return { value: { chunks }, outputs: [] };
  },
});
