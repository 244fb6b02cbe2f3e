/** Whoever can run plans: a session with a cluster. Queries reach it through the source of the frame that they begin at. */
import type { KeyRecord } from "@eau2/protocol";
import type { QueryExplained } from "../explain/stage-explained.js";
import type { ChunkView } from "../frame/chunk-view.js";
import type { FrameRecord } from "../frame/frame-record.js";
import type { Plan } from "../plan/plan.js";
import type { Schema } from "../schema/schema.js";

/** How far a query is: tasks done of those known so far, over all stages. */
export interface QueryProgress {
  readonly tasksDone: number;
  readonly taskCount: number;
}

export interface QueryOptions {
  /** Ends the query with `CANCELLED`; nothing of it is left in the cluster. */
  readonly signal?: AbortSignal | undefined;
  /** Time for all of it, in ms. @defaultValue none */
  readonly timeoutMs?: number | undefined;
  readonly onProgress?: ((progress: QueryProgress) => void) | undefined;
}

export interface RunOptions extends QueryOptions {
  /** Binds the result to this name; `FRAME_EXISTS` when another frame has it. @defaultValue none */
  readonly name?: string | undefined;
}

export interface ExplainOptions extends QueryOptions {
  /** Runs the query. @defaultValue false */
  readonly analyze?: boolean | undefined;
}

export interface QueryReport {
  readonly elapsedMs: number;
}

export interface QueryResult {
  /** Of the record of the result, a frame like any other. */
  readonly key: KeyRecord;
  /** There where the runner has it at hand. */
  readonly record?: FrameRecord | undefined;
  readonly report: QueryReport;
}

export interface QueryRunner {
  /**
   * Runs a plan; its result stays in the cluster until it is released or dropped by its name.
   * @throws {@link Eau2Error} `CANCELLED`, `DEADLINE`, `FRAME_EXISTS`, `CHUNK_LOST`, `NODE_GONE`, `INT64_OVERFLOW`, ...
   */
  run(plan: Plan, options: RunOptions): Promise<QueryResult>;
  /** The plan as it would run, with estimates; `analyze`: runs it, drops the result, and says what it took. */
  explain(plan: Plan, options: ExplainOptions): Promise<QueryExplained>;
  /** Drops a result that has no name. */
  release(result: KeyRecord): Promise<void>;
}

export interface WriteReport {
  readonly rowCount: number;
  readonly bytes: number;
}

/** What a file is written from: chunks in order, one at a time, each on loan until the next is asked for. */
export interface WrittenRows<Row = unknown> {
  readonly schema: Schema<Row>;
  readonly rowCount: number;
  chunks(): AsyncIterable<ChunkView<Row>>;
}

/** Writes files of the format that their name ends in. */
export interface FileWriter {
  /** @throws {@link Eau2Error} `USAGE` for a format that it does not know. */
  write(path: string, rows: WrittenRows, options: QueryOptions): Promise<WriteReport>;
}
