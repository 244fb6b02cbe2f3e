/** SoR files to frames: on real shards, wherever the file can be seen, with the same bytes on every cluster. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { boolean, copyRow, DataFrame, float64, int64, schema, utf8 } from "@eau2/dataframe";
import { seedFromEnv, temporaryFolder, testSuite } from "@eau2/testing";
import { open } from "../../src/index.js";
import { testCluster } from "../kit/test-cluster.js";

const Row = schema({ late: boolean, count: int64, ratio: float64, name: utf8, id: utf8 });

/** Lines with all types, nulls and strings that repeat or do not. */
const linesOf = (count: number, seed = seedFromEnv(71)): string[] => {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from({ length: count }, (_, row) => {
    const maybe = (text: string) => (next(10) === 0 ? "<>" : `<${text}>`);
    const fields = [maybe(String(next(2))), maybe(String(next(2000) - 1000)), maybe(`${next(100)}.${next(1000)}`)];
    return [...fields, maybe(`name ${next(7)}`.replace(/^(.*)$/, '"$1"')), `<id${row}>`].join(" ");
  });
};

const digestOf = async (frame: DataFrame): Promise<string> => {
  const hash = createHash("sha256");
  for (const { key } of frame.record.chunks) hash.update(await frame.bytesOf(key));
  for (const entry of frame.record.dictionaries) if (entry !== null) hash.update(await frame.bytesOf(entry.key));
  return hash.digest("hex");
};

testSuite("loading SoR", (test) => {
  test("a frame has the same bytes on every cluster, whoever sees the file", async () => {
    using folder = temporaryFolder();
    const [seen, other] = [join(folder.path, "seen"), join(folder.path, "other")];
    mkdirSync(seen);
    mkdirSync(other);
    const path = join(seen, "rows.sor");
    const lines = linesOf(3_000);
    writeFileSync(path, `${lines.join("\n")}\n`);
    const digests = new Set<string>();
    const layouts: readonly (readonly [roots: string[][], shards: number])[] = [
      [[[seen]], 1],
      [[[seen]], 2],
      [[[seen], [seen], [seen]], 1],
      [[[other], [seen]], 2],
    ];
    for (const [dataRoots, shardCount] of layouts) {
      await using cluster = await testCluster({ dataRoots, shardCount });
      const { frame, report } = await cluster.eau2.loadSor(path, { schema: Row, chunkRows: 100, blockBytes: 10_000 });
      assert.deepEqual([frame.nrows, report.lines.badRowCount], [3_000, 0]);
      assert.equal(new Set(frame.record.chunks.map(({ key }) => key.home)).size, dataRoots.length * shardCount);
      digests.add(await digestOf(frame.untyped));
      const first = (await frame.head(1))[0]!;
      assert.equal(first.id, "id0");
    }
    assert.equal(digests.size, 1);
  });

  test("what is inferred is what is there, and rows are those of the lines", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "rows.ltgt");
    writeFileSync(path, '<1> <+7> <.5> <"a b">\n<0> <-3> <2> <x> junk\n<> <> <> <>\n\n<1>');
    await using eau2 = await open({ shards: 2, memoryBytes: 64 * 1024 ** 2, dataRoots: [folder.path] });
    const frame = await DataFrame.fromFile(eau2, path, { names: ["b", "i", "d", "s"], name: "rows" });
    assert.equal(frame.schema.sidb, "BIDS");
    const rows: unknown[] = [];
    await frame.visitRows((row) => rows.push(copyRow(row)));
    assert.deepEqual(rows, [
      { b: true, i: 7, d: 0.5, s: "a b" },
      { b: false, i: -3, d: 2, s: "x" },
      { b: null, i: null, d: null, s: null },
      { b: null, i: null, d: null, s: null },
      { b: true, i: null, d: null, s: null },
    ]);
    await assert.rejects(eau2.load(path, { name: "rows" }), { code: "FRAME_EXISTS" });
    await assert.rejects(eau2.load(path, { names: ["one"] }), { code: "USAGE", message: /1 names are given/ });
  });

  test("bad rows are left out, nulled or an error, with their lines, whatever the blocks", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "bad.sor");
    const lines = Array.from({ length: 2_000 }, (_, row) => `<${row}> <${row / 2}>`);
    lines[700] = "<seven> <1>";
    lines[1_500] = "<8> <open";
    lines[1_999] = `<8> <"${"x".repeat(300)}">`;
    writeFileSync(path, lines.join("\n"));
    await using cluster = await testCluster({ dataRoots: [[folder.path], [folder.path]], shardCount: 1 });
    const { eau2 } = cluster;
    const Numbers = schema({ n: int64, d: float64 });
    const load = (badRows: "discard" | "null" | "error") =>
      eau2.loadSor(path, { schema: Numbers, badRows, blockBytes: 1_000, chunkRows: 64 });
    const discarded = await load("discard");
    assert.deepEqual([discarded.frame.nrows, discarded.report.lines.lineCount], [1_997, 2_000]);
    assert.deepEqual(
      discarded.report.lines.badRows.map(({ line, column, fault }) => [line, column, fault]),
      [
        [701, 0, "contradicts"],
        [1_501, 1, "field-unclosed"],
        [2_000, 1, "too-long"],
      ],
    );
    const nulled = await load("null");
    assert.deepEqual(
      [nulled.frame.nrows, await nulled.frame.get("n", 700), await nulled.frame.get("d", 700)],
      [2_000, null, 1],
    );
    await assert.rejects(load("error"), {
      code: "DATA_INVALID",
      message:
        /3 of them do not fit the schema: ".*bad.sor" line 701, column "n": the field does not fit the column's type; .*line 1501/,
    });
    // What failed left nothing: of two frames the chunks are there and the record, which lies beside them.
    const chunkCount = [discarded, nulled].reduce((sum, { frame }) => sum + frame.record.chunks.length, 0);
    const names = (await eau2.store.keys("f")).map(({ name }) => name);
    assert.deepEqual([names.length, names.filter((name) => name.endsWith("/frame")).length], [chunkCount + 2, 2]);
    assert.deepEqual(await eau2.store.keys("x"), []);
  });

  test("the first 500 lines say what columns are: what contradicts them later on is bad, in line 500 it is what they say", async () => {
    using folder = temporaryFolder();
    await using eau2 = await open({ shards: 2, memoryBytes: 64 * 1024 ** 2, dataRoots: [folder.path] });
    const write = (textAt: number): string => {
      const path = join(folder.path, `text-in-${textAt}.sor`);
      const line = (row: number) => (row + 1 === textAt ? "<word> <1> <more>" : `<${row}>`);
      writeFileSync(path, Array.from({ length: 600 }, (_, row) => line(row)).join("\n"));
      return path;
    };
    const later = await eau2.loadSor(write(501), { blockBytes: 300 });
    assert.deepEqual([later.frame.schema.sidb, later.frame.nrows], ["I", 599]);
    assert.deepEqual(later.report.lines.badRows, [{ file: 0, line: 501, column: 0, fault: "contradicts" }]);
    await assert.rejects(eau2.load(write(501), { badRows: "error" }), { code: "DATA_INVALID", message: /line 501/ });
    const inTime = await eau2.loadSor(write(500), { blockBytes: 300 });
    assert.deepEqual([inTime.frame.schema.sidb, inTime.frame.nrows], ["SBS", 600]);
    assert.equal(inTime.report.lines.badRowCount, 0);
    assert.deepEqual((await inTime.frame.head(600)).slice(498), [
      { c0: "498", c1: null, c2: null },
      { c0: "word", c1: true, c2: "more" },
      ...Array.from({ length: 100 }, (_, row) => ({ c0: `${500 + row}`, c1: null, c2: null })),
    ]);
  });

  test("a range loads the whole lines inside it", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "range.sor");
    writeFileSync(path, Array.from({ length: 100 }, (_, row) => `<${row + 10}>`).join("\n"));
    await using eau2 = await open({ shards: 1, memoryBytes: 16 * 1024 ** 2, dataRoots: [folder.path] });
    const values = async (from: number, length?: number) => {
      const frame = await eau2.load(path, { range: length === undefined ? { from } : { from, length } });
      return (await frame.head(1_000)).map((row) => row.c0);
    };
    assert.deepEqual(await values(0, 12), [10, 11]); // "<10>\n" has 5 bytes
    assert.deepEqual(await values(3, 9), [11]);
    assert.deepEqual((await values(5)).length, 99);
    assert.deepEqual(await values(100_000), []);
    await assert.rejects(eau2.load([path, path], { range: { from: 1 } }), { code: "USAGE", message: /of one file/ });
  });

  test("no file, none of a known kind by its name, an empty one, and a schema that no SoR has", async () => {
    using folder = temporaryFolder();
    await using eau2 = await open({ shards: 1, memoryBytes: 16 * 1024 ** 2, dataRoots: [folder.path] });
    await assert.rejects(eau2.load(join(folder.path, "none.sor")), { code: "FILE_MISSING" });
    await assert.rejects(eau2.load(join(folder.path, "table.dat")), {
      code: "USAGE",
      message: /name does not say what it is/,
    });
    writeFileSync(join(folder.path, "empty.sor"), "");
    const empty = await eau2.load(join(folder.path, "empty.sor"));
    assert.deepEqual([empty.nrows, empty.ncols], [0, 0]);
    await assert.rejects(eau2.load("/etc/passwd.sor"), { code: "DENIED" });
  });
});
