/** DuckDB inside this process. */
import type { Batch } from "../../query/answer-digest.js";
import { connectDuckDB, type DuckDBConnection, sqlText } from "../duckdb.js";
import { type QueryEngine, serveEngine } from "../query-engine.js";

const COLUMNS =
  "{id1: 'VARCHAR', id2: 'VARCHAR', id3: 'VARCHAR', id4: 'INTEGER', id5: 'INTEGER', id6: 'INTEGER', " +
  "v1: 'INTEGER', v2: 'INTEGER', v3: 'DOUBLE'}";

async function* rowsOf(connection: DuckDBConnection, table: string): AsyncGenerator<Batch> {
  const result = await connection.stream(`SELECT * FROM ${table}`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield { rowCount: chunk.rowCount, columns: chunk.getColumns() };
  }
}

serveEngine(async ({ threads, peers }): Promise<QueryEngine> => {
  const connection = await connectDuckDB(peers!, threads);
  return {
    processIds: [process.pid],
    load: async (file) => {
      await connection.run("DROP TABLE IF EXISTS x");
      await connection.run(
        `CREATE TABLE x AS SELECT * FROM read_csv(${sqlText(file)}, header = true, columns = ${COLUMNS})`,
      );
    },
    run: async ({ sql }) => {
      await connection.run(`CREATE TABLE answer AS ${sql}`);
    },
    drop: async () => {
      await connection.run("DROP TABLE IF EXISTS answer");
    },
    answer: () => rowsOf(connection, "answer"),
    table: () => rowsOf(connection, "x"),
    close: async () => {},
  };
});
