/** From a plan to its result, and to what a program wants of it; what was made on the way is dropped, whatever happens. */
import { Eau2Error, type KeyRecord } from "@eau2/protocol";
import { type Cell, cellsOf } from "../frame/cells.js";
import type { ChunkView } from "../frame/chunk-view.js";
import type { DataFrame } from "../frame/data-frame.js";
import type { FrameRecord } from "../frame/frame-record.js";
import type { ValueSource } from "../frame/frame-store.js";
import { copyRow } from "../frame/row-loan.js";
import type { RowSeen } from "../frame/row-types.js";
import type { Plan } from "../plan/plan.js";
import type { FileWriter, QueryOptions, QueryRunner, RunOptions } from "./query-runner.js";

/** What queries are made with beside their plan. */
export interface QueryContext {
  readonly source: ValueSource;
  /** A frame of what lies under a key; handed in, because frames are queries themselves. */
  readonly open: (context: QueryContext, key: KeyRecord, record: FrameRecord | undefined) => Promise<DataFrame>;
  /** Names of the plan's columns that reach the program as bigints. */
  readonly bigints: ReadonlySet<string>;
}

/** A frame to read from, until it is released. */
export interface Result<Row> {
  readonly frame: DataFrame<Row>;
  /** Never fails: what cannot be dropped any more has gone with its node. */
  release(): Promise<void>;
}

/** @throws {@link Eau2Error} `USAGE` for a source that has only values. */
export const queriesOf = ({ queries }: ValueSource): QueryRunner => {
  if (queries !== undefined) return queries;
  throw new Eau2Error("USAGE", "queries run through a session; take the frame from open() or a program's eau2");
};

/** @throws {@link Eau2Error} `USAGE` for a source that writes no files. */
export const filesOf = ({ files }: ValueSource): FileWriter => {
  if (files !== undefined) return files;
  throw new Eau2Error("USAGE", "write: files are written through a session; take the frame from open()");
};

/** @throws {@link Eau2Error} `CANCELLED` when the signal was aborted. */
const assertWanted = ({ signal }: QueryOptions): void => {
  if (signal?.aborted !== true) return;
  throw new Eau2Error("CANCELLED", "the query was cancelled by its caller", {}, { cause: signal.reason });
};

/** Runs a plan. */
export const resultOf = async <Row>(plan: Plan, context: QueryContext, options: RunOptions): Promise<Result<Row>> => {
  assertWanted(options);
  const queries = queriesOf(context.source);
  const { key, record } = await queries.run(plan, options);
  const release = (): Promise<void> => queries.release(key).catch(() => {});
  try {
    return { frame: (await context.open(context, key, record)) as DataFrame<Row>, release };
  } catch (error) {
    await release();
    throw error;
  }
};

/** Copies of all rows. */
export const allRows = async <Row>(frame: DataFrame<Row>, options: QueryOptions): Promise<RowSeen<Row>[]> => {
  const rows: RowSeen<Row>[] = [];
  await frame.mapChunks((chunk) => {
    assertWanted(options);
    chunk.visitRows((row) => rows.push(copyRow(row)));
  });
  return rows;
};

/** An array for each column, by its name. */
export const allColumns = async <Row>(
  frame: DataFrame<Row>,
  options: QueryOptions,
): Promise<Readonly<Record<string, Cell[]>>> => {
  const columns = frame.schema.columns.map((column) => ({ column, values: [] as Cell[] }));
  await frame.mapChunks((chunk) => {
    assertWanted(options);
    columns.forEach(({ column, values }, index) => {
      const cells = cellsOf(chunk.columns[index]!, column);
      for (let row = 0; row < chunk.rowCount; row++) values.push(cells.get(row));
    });
  });
  // Without a prototype, so that every name is one like any other.
  const named: Record<string, Cell[]> = Object.create(null);
  for (const { column, values } of columns) named[column.name] = values;
  return named;
};

/** Chunk by chunk; the next is fetched once the one before was taken, and never after the caller has left. */
export async function* allChunks<Row>(
  { frame, release }: Result<Row>,
  options: QueryOptions,
): AsyncGenerator<ChunkView<Row>, void, undefined> {
  try {
    for await (const chunk of frame.chunks()) {
      assertWanted(options);
      yield chunk;
    }
  } finally {
    await release();
  }
}
