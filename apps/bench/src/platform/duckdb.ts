/** DuckDB in memory, by the part of its Node client that we use. */
import type { Cell } from "../query/answer-digest.js";
import { loadPeer } from "./peers.js";

interface DuckDB {
  readonly DuckDBInstance: {
    create(path: string, options: Readonly<Record<string, string>>): Promise<{ connect(): Promise<DuckDBConnection> }>;
  };
}

export interface DuckDBConnection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): [word: string, count: bigint][] }>;
  stream(sql: string): Promise<{ fetchChunk(): Promise<DuckDBChunk | null> }>;
}

interface DuckDBChunk {
  readonly rowCount: number;
  getColumns(): Cell[][];
}

/** @param peers - the folder that it is installed in. */
export const connectDuckDB = async (peers: string, threads: number): Promise<DuckDBConnection> => {
  const { DuckDBInstance } = await loadPeer<DuckDB>(peers, "@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  return await instance.connect();
};

/** A text as SQL writes it. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
