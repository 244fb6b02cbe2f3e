/** eau2: embedded in this process, or a client of node processes on loopback. */
import { type Eau2, open, queryJob } from "@eau2/application";
import { type DataFrame, encodePlan, type Query } from "@eau2/dataframe";
import { startCluster } from "@eau2/demo/src/cluster.js";
import type { Batch, Cell } from "../../query/answer-digest.js";
import { G1_SCHEMA, type G1Frame } from "../../query/g1-frame.js";
import { type EngineOptions, type QueryEngine, serveEngine } from "../query-engine.js";

interface Session {
  readonly eau2: Eau2;
  readonly processIds: readonly number[];
  close(): Promise<void>;
}

const openSession = async ({ nodes, threads, dataRoot }: EngineOptions): Promise<Session> => {
  if (nodes === 0) {
    const eau2 = await open({ shards: threads, dataRoots: [dataRoot] });
    return { eau2, processIds: [process.pid], close: () => eau2.close() };
  }
  const { signal } = new AbortController();
  const cluster = await startCluster({ nodes, shards: threads, dataRoots: [dataRoot], signal });
  const eau2 = await open(cluster.url, { name: "bench", token: cluster.token });
  const close = async (): Promise<void> => {
    await eau2.close();
    await cluster.close();
  };
  return { eau2, processIds: cluster.processIds, close };
};

async function* rowsOf(frame: DataFrame): AsyncGenerator<Batch> {
  for await (const { rowCount, columns } of frame.chunks()) {
    const cells = columns.map((column) => Array.from({ length: rowCount }, (_, row) => column.get(row) as Cell));
    yield { rowCount, columns: cells };
  }
}

const some = <Frame>(frame: Frame | undefined): Frame => {
  if (frame === undefined) throw new Error("invariant: the table is loaded, and the question answered, first");
  return frame;
};

serveEngine(async (options): Promise<QueryEngine> => {
  const { eau2, processIds, close } = await openSession(options);
  let table: G1Frame | undefined;
  let answer: DataFrame | undefined;
  const dropAnswer = async (): Promise<void> => {
    if (answer !== undefined) await eau2.dropFrame(answer.key);
    answer = undefined;
  };
  const run = async (query: Query): Promise<DataFrame> => {
    if (!options.plainSums) return await query.frame();
    const { frame } = await eau2.run(queryJob, { plan: encodePlan(query.plan), plainSums: true });
    return await eau2.frame(frame);
  };
  return {
    processIds,
    load: async (file) => {
      if (table !== undefined) await eau2.dropFrame(table.key);
      table = await eau2.load(file, { schema: G1_SCHEMA });
    },
    run: async (question) => {
      answer = await run(question.eau2(some(table)).untyped);
    },
    drop: dropAnswer,
    answer: () => rowsOf(some(answer)),
    table: () => rowsOf(some(table).untyped),
    close,
  };
});
