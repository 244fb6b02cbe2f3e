/** DuckDB inside this process: file to a stored table of counts in one statement. */
import { answerOf } from "../answer.js";
import { serveParent } from "../child.js";
import { peakResidentBytes } from "../peak-memory.js";
import { loadPeer } from "../peers.js";
import { SHARD_COUNT } from "../shard-count.js";
import { timed } from "../timed.js";
import type { CountHandlers } from "./wordcount-arm.js";

interface DuckDB {
  readonly DuckDBInstance: {
    create(path: string, options: Readonly<Record<string, string>>): Promise<{ connect(): Promise<Connection> }>;
  };
}

interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): [word: string, count: bigint][] }>;
}

const createCounts = (file: string): string =>
  "create table t as select w, count(*) c from (select unnest(string_split(line, ' ')) w from " +
  `read_csv('${file.replaceAll("'", "''")}', header=false, delim='\t', quote='', columns={'line': 'varchar'})) ` +
  "where w <> '' group by w";

serveParent({
  run: async ({ file, warmUpFile, peers }) => {
    const { DuckDBInstance } = await loadPeer<DuckDB>(peers!, "@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", { threads: String(SHARD_COUNT) });
    const connection = await instance.connect();
    await connection.run(createCounts(warmUpFile));
    await connection.run("drop table t");
    const { ms, cpuMs } = await timed(() => connection.run(createCounts(file)));
    const peak = peakResidentBytes();
    const rows = (await connection.runAndReadAll("select w, c from t")).getRows();
    const answer = answerOf(rows.map(([word, count]) => [word, Number(count)]));
    return { ms, cpuMs, parts: {}, peakResidentBytes: peak, answer };
  },
} satisfies CountHandlers);
