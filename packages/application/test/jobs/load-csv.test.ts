/** CSV files to frames: on real shards, wherever the file can be seen, with the same bytes on every cluster. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyRow, type DataFrame, float64, int64, schema, utf8 } from "@eau2/dataframe";
import { seedFromEnv, temporaryFolder, testSuite } from "@eau2/testing";
import { open } from "../../src/index.js";
import { testCluster } from "../kit/test-cluster.js";

/** Rows of all types, with nulls, quotes and line breaks in text. */
const csvRows = (count: number, seed = seedFromEnv(72)): string => {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const maybe = (text: string) => (next(10) === 0 ? "" : text);
  const text = () => `"note ${next(7)}${["", "\n", '\n""quoted"", 1,2\n', ",,,,,"][next(4)]}"`;
  const rows = Array.from({ length: count }, (_, row) =>
    [
      `id${row}`,
      maybe(String(next(2000) - 1000)),
      maybe(`${next(100)}.${next(1000)}`),
      maybe(next(2) === 0 ? "true" : "false"),
      maybe(`20${10 + next(10)}-0${1 + next(9)}-1${next(10)}`),
      maybe(text()),
    ].join(","),
  );
  return `id,count,ratio,late,day,note\n${rows.join("\n")}\n`;
};

const digestOf = async (frame: DataFrame): Promise<string> => {
  const hash = createHash("sha256");
  for (const { key } of frame.record.chunks) hash.update(await frame.bytesOf(key));
  for (const entry of frame.record.dictionaries) if (entry !== null) hash.update(await frame.bytesOf(entry.key));
  return hash.digest("hex");
};

const rowsOf = async (frame: DataFrame): Promise<unknown[]> => {
  const rows: unknown[] = [];
  await frame.visitRows((row) => rows.push(Object.values(copyRow(row) as object)));
  return rows;
};

testSuite("loading CSV", (test) => {
  test("a frame has the same bytes on every cluster, whoever sees the file, with line breaks in text", async () => {
    using folder = temporaryFolder();
    const [seen, other] = [join(folder.path, "seen"), join(folder.path, "other")];
    mkdirSync(seen);
    mkdirSync(other);
    const path = join(seen, "rows.csv");
    writeFileSync(path, csvRows(3_000));
    const digests = new Set<string>();
    const layouts: readonly (readonly [roots: string[][], shards: number])[] = [
      [[[seen]], 1],
      [[[seen]], 2],
      [[[seen], [seen], [seen]], 1],
      [[[other], [seen]], 2],
    ];
    for (const [dataRoots, shardCount] of layouts) {
      await using cluster = await testCluster({ dataRoots, shardCount });
      const { frame, report } = await cluster.eau2.loadCsv(path, { chunkRows: 100, blockBytes: 10_000 });
      assert.deepEqual([frame.nrows, report.lines.badRowCount, report.widened], [3_000, 0, []]);
      assert.deepEqual(
        report.columns.map(({ name, type }) => `${name}:${type}`),
        ["id:utf8", "count:int64", "ratio:float64", "late:boolean", "day:date", "note:utf8"],
      );
      digests.add(await digestOf(frame.untyped));
    }
    assert.equal(digests.size, 1);
  });

  test("what is guessed and what is said: columns, types, nulls, policies, widening", async () => {
    using folder = temporaryFolder();
    const file = (name: string, text: string | Uint8Array): string => {
      const path = join(folder.path, name);
      writeFileSync(path, text);
      return path;
    };
    await using eau2 = await open({ shards: 2, memoryBytes: 64 * 1024 ** 2, dataRoots: [folder.path] });

    // A byte order mark, returns, an empty line, a quoted name; a declared schema picks columns by name, in its order.
    const marked = file("marked.csv", '\ufeffa,"b ""c""",d\r\n1,x,0.5\r\n\r\n,"",\r\n');
    const guessed = await eau2.loadCsv(marked);
    assert.deepEqual(
      guessed.report.columns.map(({ name, type }) => [name, type]),
      [
        ["a", "int64"],
        ['b "c"', "utf8"],
        ["d", "float64"],
      ],
    );
    assert.deepEqual(await rowsOf(guessed.frame), [
      [1, "x", 0.5],
      [null, "", null],
    ]);
    const Picked = schema({ d: float64, a: utf8 });
    const picked = await eau2.load(marked, { schema: Picked });
    assert.deepEqual(await rowsOf(picked.untyped), [
      [0.5, "1"],
      [null, null],
    ]);
    await assert.rejects(eau2.load(marked, { schema: schema({ a: int64, e: utf8 }) }), {
      code: "COLUMN_UNKNOWN",
      message: /"e".*"a", "b "c"", "d"/,
    });

    // A type that breaks behind the sample widens, and the report says so.
    const late = file("late.csv", `n,m,t\n${"1,1,1\n".repeat(200_000)}2.5,9007199254740993,x\n3,0.5,7\n`);
    const widened = await eau2.loadCsv(late, { blockBytes: 100_000 });
    assert.deepEqual(
      widened.report.widened.map(({ column, from, to }) => [column, from, to]),
      [
        [0, "int64", "float64"],
        [1, "int64", "utf8"],
        [2, "int64", "utf8"],
      ],
    );
    assert.deepEqual((await rowsOf(await widened.frame)).slice(-3), [
      [1, "1", "1"],
      [2.5, "9007199254740993", "x"],
      [3, "0.5", "7"],
    ]);
    await assert.rejects(eau2.load(late, { widen: false }), {
      code: "DATA_INVALID",
      message: /line 200002, column "n": the field does not fit.*line 200003, column "m"/,
    });
    const Numbers = schema({ n: int64, m: float64, t: int64 });
    const nulled = await eau2.loadCsv(late, { schema: Numbers, badRows: "null" });
    assert.equal(nulled.report.lines.badRowCount, 1);
    assert.deepEqual((await rowsOf(nulled.frame.untyped)).slice(-2), [
      [null, 9007199254740992, null],
      [3, 0.5, 7],
    ]);

    // Several files of one schema, and one of another.
    const first = file("part-1.tsv", "k\tv\n1\ta\n");
    const second = file("part-2.tsv", "k\tv\n2\tb\n3\tc");
    const both = await eau2.load([first, second]);
    assert.deepEqual(await rowsOf(both), [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
    await assert.rejects(eau2.load([first, file("part-3.tsv", "k\tw\n2\tb\n")]), {
      code: "DATA_INVALID",
      message: /part-3\.tsv.*column 2 is "w", and in the first file "v"/,
    });
  });
});
