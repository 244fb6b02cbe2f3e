/** How a stage runs, or has run, as plain data: what `explain` prints, and `--json` shows as it is. */
import { z } from "zod";

const Count = z.number().min(0);

/** What a stage was once it had run. */
export const StageRan = z.strictObject({
  rowsOut: Count,
  bytesOut: Count,
  chunksOut: Count,
  /** Bytes of what its tasks made for each other. */
  exchangedBytes: Count,
  elapsedMs: Count,
  /** Its tasks by name, in the order of the first of each. */
  tasks: z.array(z.strictObject({ name: z.string(), count: Count })),
  /** Tasks for each shard that had any, in order of the shards. */
  places: z.array(z.strictObject({ node: z.string(), shard: Count, tasks: Count })),
});
export type StageRan = z.infer<typeof StageRan>;

export const StageExplained = z.strictObject({
  /** From 1, in the order in which stages run. */
  number: z.int().min(1),
  source: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("frame"),
      /** The key of its record; `name` when it has one. */
      frame: z.string(),
      name: z.string().nullable(),
      rowCount: Count,
      chunkCount: Count,
      /** Rows and chunks that statistics do not rule out. */
      rowsRead: Count,
      chunksRead: Count,
      columnCount: Count,
    }),
    /** Results of other stages, one after another. `rowsMax`: null when unknown. */
    z.strictObject({
      kind: z.literal("stages"),
      stages: z.array(z.int().min(1)),
      rowsMax: Count.nullable(),
      chunkCount: Count.nullable(),
    }),
  ]),
  /** Columns that are read, and how their chunks hold them, the most frequent encoding first; none where nobody has looked. */
  columns: z.array(z.strictObject({ name: z.string(), type: z.string(), encodings: z.array(z.string()) })),
  /** Operators that go row by row, then the one in which rows meet, as plans are printed. */
  operators: z.array(z.string()),
  /** Algorithms, a line each. */
  choices: z.array(z.string()),
  /** Rows of the result, at most; null when unknown. */
  rowsMax: Count.nullable(),
  ran: StageRan.nullable(),
});
export type StageExplained = z.infer<typeof StageExplained>;

export const QueryExplained = z.strictObject({
  stages: z.array(StageExplained),
  /** Time from plan to result; null when it was not run. */
  elapsedMs: Count.nullable(),
});
export type QueryExplained = z.infer<typeof QueryExplained>;
