/** DuckDB inside this process: file to a stored table of counts in one statement. */
import { answerOf } from "../answer.js";
import { serveParent } from "../child.js";
import { connectDuckDB, sqlText } from "../duckdb.js";
import { peakResidentBytes } from "../peak-memory.js";
import { SHARD_COUNT } from "../shard-count.js";
import { timed } from "../timed.js";
import type { CountHandlers } from "./wordcount-arm.js";

const createCounts = (file: string): string =>
  "create table t as select w, count(*) c from (select unnest(string_split(line, ' ')) w from " +
  `read_csv(${sqlText(file)}, header=false, delim='\t', quote='', columns={'line': 'varchar'})) ` +
  "where w <> '' group by w";

serveParent({
  run: async ({ file, warmUpFile, peers }) => {
    const connection = await connectDuckDB(peers!, SHARD_COUNT);
    await connection.run(createCounts(warmUpFile));
    await connection.run("drop table t");
    const { ms, cpuMs } = await timed(() => connection.run(createCounts(file)));
    const peak = peakResidentBytes();
    const rows = (await connection.runAndReadAll("select w, c from t")).getRows();
    const answer = answerOf(rows.map(([word, count]) => [word, Number(count)]));
    return { ms, cpuMs, parts: {}, peakResidentBytes: peak, answer };
  },
} satisfies CountHandlers);
