/** A frame is dropped while somebody reads it, on real nodes: readers are told, and never see wrong rows. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Eau2, open } from "@eau2/application";
import { DataFrame, float64, schema, utf8, type ValueSource } from "@eau2/dataframe";
import { isEau2Error } from "@eau2/protocol";
import { testSuite } from "@eau2/testing";
import { TestMachine } from "./harness/test-machine.js";

const LIMIT = { timeoutMs: 60_000 };
const ROW_COUNT = 10_000;
const CHUNK_ROWS = 100;
/** Record, dictionary and some chunks: from then on the frame is no more. */
const GETS_BEFORE_DROP = 12;
const Row = schema({ x: float64, word: utf8 });
type Seen = (x: number | null, word: string | null) => void;

const wordOf = (row: number) => `w${row % 7}`;

const make = (eau2: Eau2, name: string) =>
  DataFrame.fromRows(
    eau2.store,
    Row,
    Array.from({ length: ROW_COUNT }, (_, row) => ({ x: row, word: wordOf(row) })),
    { name, chunkRows: CHUNK_ROWS },
  );

/** The ways to read a frame from its first row to its last. */
const READERS: Readonly<
  Record<
    string,
    (frame: DataFrame<{ x: number | null; word: string | null }>, eau2: Eau2, seen: Seen) => Promise<unknown>
  >
> = {
  rows: async (frame, _, seen) => {
    for await (const { x, word } of frame.rows()) seen(x, word);
  },
  visitRows: (frame, _, seen) => frame.visitRows(({ x, word }) => seen(x, word)),
  mapChunks: (frame, _, seen) =>
    frame.mapChunks(({ rowCount, columns: [x, word] }) => {
      for (let row = 0; row < rowCount; row++) seen(x!.get(row) as number, word!.get(row) as string);
    }),
  get: async (frame, _, seen) => {
    for (let row = 0; row < frame.nrows; row += CHUNK_ROWS / 2) await frame.get("x", row);
    seen(null, null);
  },
  mapRows: (frame, eau2, seen) =>
    frame.mapRows(
      eau2.store,
      Row,
      ({ x, word }, out) => {
        seen(x, word);
        out.x = x;
      },
      { name: "made of it" },
    ),
};

testSuite("a frame dropped while it is read", (test) => {
  test(
    "who reads it is told by KEY_DROPPED, after rows that are right; what was to be made of it is not there",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = await machine.nodes(2);
      const tokenFile = join(machine.path, ".eau2", "token");
      await using eau2 = await open(a!.url, { tokenFile });
      await using other = await open(b!.url, { tokenFile });
      for (const [name, read] of Object.entries(READERS)) {
        const { key } = await make(eau2, name);
        let gets = 0;
        const source: ValueSource = {
          get: async (wanted) => {
            if (++gets === GETS_BEFORE_DROP) await other.drop(name);
            return eau2.store.get(wanted);
          },
        };
        const frame = await DataFrame.at(source, key, Row);
        let count = 0;
        const seen: Seen = (x, word) => {
          assert.deepEqual([x, word], [count, wordOf(count)], name);
          count++;
        };
        await assert.rejects(read(frame, eau2, seen), {
          code: "KEY_DROPPED",
          message: `frame "${key.name}" was dropped; rows that were seen before are right, and no more will come`,
        });
        if (name !== "get")
          assert.ok(count > 0 && count < ROW_COUNT && count % CHUNK_ROWS === 0, `${name}: ${count} rows`);
        await assert.rejects(eau2.frame(name), { code: "FRAME_UNKNOWN" });
      }
      assert.deepEqual(await eau2.frames(), []);
      assert.deepEqual(await eau2.store.keys(""), [], "nothing is left of any of them");
    },
    LIMIT,
  );

  test(
    "a job on it ends with the right answer or with an error that says why, and the nodes go on",
    async () => {
      await using machine = new TestMachine();
      const [a, b] = await machine.nodes(2, ["--shards", "2"]);
      const tokenFile = join(machine.path, ".eau2", "token");
      await using eau2 = await open(a!.url, { tokenFile });
      await using other = await open(b!.url, { tokenFile });
      for (let round = 0; round < 10; round++) {
        const { key } = await make(eau2, `counted ${round}`);
        // The drop has some requests to make; each round the jobs begin a request later.
        const dropped = other.drop(`counted ${round}`);
        for (let request = 0; request < round; request++) await eau2.store.has(await eau2.store.key("nothing"));
        const [counted, described] = await Promise.allSettled([eau2.countValues(key, "word"), eau2.describe(key)]);
        await dropped;
        if (counted.status === "fulfilled") {
          const rows = await counted.value.frame.head(100);
          assert.deepEqual(
            new Map(rows.map((row) => [row.word, row.count])),
            new Map(Array.from({ length: 7 }, (_, word) => [wordOf(word), Math.ceil((ROW_COUNT - word) / 7)])),
          );
        }
        for (const outcome of [counted, described]) {
          if (outcome.status === "fulfilled") continue;
          assert.ok(isEau2Error(outcome.reason), String(outcome.reason));
          assert.equal(outcome.reason.code, "KEY_DROPPED", outcome.reason.message);
          assert.match(outcome.reason.message, /^frame "f\/.*\/frame" was dropped;/);
        }
      }
      const last = await make(eau2, "last");
      assert.equal((await eau2.countValues(last.key, "word")).frame.nrows, 7);
    },
    LIMIT,
  );
});
