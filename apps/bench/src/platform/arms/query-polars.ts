/**
 * Polars inside this process, with its streaming engine: faster than its other one for these questions, all but q10.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Batch } from "../../query/answer-digest.js";
import type { Polars, PolarsFrame } from "../../query/polars.js";
import { loadPeer } from "../peers.js";
import { type QueryEngine, serveEngine } from "../query-engine.js";

const BATCH_ROWS = 65_536;

function* rowsOf(frame: PolarsFrame): Generator<Batch> {
  const columns = frame.getColumns();
  for (let start = 0; start < frame.height; start += BATCH_ROWS) {
    const rowCount = Math.min(BATCH_ROWS, frame.height - start);
    yield { rowCount, columns: columns.map((column) => column.slice(start, rowCount).toArray()) };
  }
}

/** What JavaScript no longer refers to is only freed when garbage is collected, and nothing here makes V8 do that. */
const collectGarbage = (): void => {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
};

const some = (frame: PolarsFrame | undefined): PolarsFrame => {
  if (frame === undefined) throw new Error("invariant: the table is loaded, and the question answered, first");
  return frame;
};

serveEngine(async ({ threads, peers }): Promise<QueryEngine> => {
  // Read when the library is loaded.
  process.env.POLARS_MAX_THREADS = String(threads);
  const pl = await loadPeer<Polars>(peers!, "nodejs-polars");
  const { Utf8, Int32, Float64 } = pl;
  const schema = {
    id1: Utf8,
    id2: Utf8,
    id3: Utf8,
    id4: Int32,
    id5: Int32,
    id6: Int32,
    v1: Int32,
    v2: Int32,
    v3: Float64,
  };
  let table: PolarsFrame | undefined;
  let answer: PolarsFrame | undefined;
  return {
    processIds: [process.pid],
    load: async (file) => {
      table = undefined;
      collectGarbage();
      table = pl.readCSV(file, { schema });
    },
    run: async (question) => {
      answer = await question.polars(pl, some(table).lazy()).collect({ streaming: true });
    },
    drop: async () => {
      answer = undefined;
      collectGarbage();
    },
    answer: () => rowsOf(some(answer)),
    table: () => rowsOf(some(table)),
    close: async () => {},
  };
});
