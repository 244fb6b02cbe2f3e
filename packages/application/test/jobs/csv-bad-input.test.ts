/** CSV files that are not as they should be: each ends with an error that says where and what to do, or is read in spite. */
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { copyRow, type DataFrame, int64, schema, utf8 } from "@eau2/dataframe";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { open } from "../../src/index.js";

const rowsOf = async (frame: DataFrame): Promise<unknown[]> => {
  const rows: unknown[] = [];
  await frame.visitRows((row) => rows.push(Object.values(copyRow(row) as object)));
  return rows;
};

testSuite("CSV that is not as it should be", (test) => {
  test("each kind of it", async () => {
    using folder = temporaryFolder();
    const file = (name: string, bytes: string | Uint8Array): string => {
      const path = join(folder.path, name);
      writeFileSync(path, bytes);
      return path;
    };
    await using eau2 = await open({ shards: 2, memoryBytes: 1024 ** 3, dataRoots: [folder.path] });
    const fails = (path: string, message: RegExp, options: object = {}, code = "DATA_INVALID") =>
      assert.rejects(eau2.load(path, options), { code, message }, path);

    // Ragged rows: by default nothing is loaded.
    const ragged = file("ragged.csv", "a,b\n1,2\n3\n4,5,6\n7,8\n");
    await fails(
      ragged,
      /2 of them do not fit.*line 3, column "b": the row ends before it.*line 4, column "b": the row goes on/,
    );
    const left = await eau2.loadCsv(ragged, { badRows: "discard" });
    assert.deepEqual(await rowsOf(left.frame.untyped), [
      [1, 2],
      [7, 8],
    ]);
    assert.deepEqual(
      left.report.lines.badRows.map(({ line, fault }) => [line, fault]),
      [
        [3, "fields-missing"],
        [4, "fields-left"],
      ],
    );

    // A quote that is open to the end names its line, wherever the blocks are cut; and can be no quote at all.
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, row) => `${from + row},"x\ny"\n`).join("");
    const open_ = file("open.csv", `n,t\n${rows(0, 20_000)}20000,"open\n${"1,a\n".repeat(50_000)}`);
    // The header is line 1, and each row has two.
    await fails(open_, /quote that opens on line 40002, column "t", is not closed by the end.*--quote none/, {
      blockBytes: 65_536,
    });
    const closed = file("inches.csv", 'n,t\n1,5" pipe\n2,"6"" pipe"\n');
    assert.deepEqual(await rowsOf((await eau2.load(closed)).untyped), [
      [1, '5" pipe'],
      [2, '6" pipe'],
    ]);
    assert.equal((await eau2.load(file("none.csv", 'n,t\n1,"x\n2,y\n'), { quote: null })).nrows, 2);

    // No file, nothing in it, a header alone, UTF-16, bytes.
    await fails(join(folder.path, "missing.csv"), /no such file/, {}, "FILE_MISSING");
    await fails(file("empty.csv", ""), /it is empty, so it has no columns/);
    const header = await eau2.load(file("header.csv", "a,b\r\n"));
    assert.deepEqual([header.nrows, header.columnNames], [0, ["a", "b"]]);
    await fails(file("utf16.csv", Buffer.from("\ufeffa,b\n1,2\n", "utf16le")), /UTF-16.*iconv/);
    await fails(
      file(
        "rubbish.csv",
        Uint8Array.from({ length: 9_999 }, (_, at) => (at * 7919) % 251),
      ),
      /it is no text/,
    );

    // 10,000 columns are too many; 4,096 are not.
    const wide = (count: number, cell: string) => `${Array.from({ length: count }, (_, at) => cell + at).join(",")}\n`;
    await fails(file("wide.csv", wide(10_000, "c") + wide(10_000, "")), /10000 columns, and a frame up to 4096/);
    const most = await eau2.load(file("most.csv", wide(4_096, "c") + wide(4_096, "") + wide(4_096, "x")));
    assert.deepEqual([most.ncols, most.nrows, await most.get("c4095", 1)], [4_096, 2, "x4095"]);

    // A string of 100 MB, with line breaks in it, over many blocks.
    const giant = `${"line of a long text, \n".repeat(4_545_455)}`;
    const long = await eau2.loadCsv(file("giant.csv", `n,t\n1,a\n2,"${giant}"\n3,b\n`), { blockBytes: 1024 ** 2 });
    assert.deepEqual([long.frame.nrows, await long.frame.get("n", 2)], [3, 3]);
    assert.equal(((await long.frame.get("t", 1)) as string).length, giant.length);
    await eau2.dropFrame(long.key);

    // gzip: whole, and cut off.
    const packed = gzipSync(`n,t\n${rows(0, 5_000)}`);
    const inflated = await eau2.loadCsv(file("packed.csv.gz", packed), { blockBytes: 10_000 });
    assert.deepEqual([inflated.frame.nrows, inflated.report.compressedFiles], [5_000, 1]);
    assert.ok(inflated.frame.record.chunks.length > 5);
    await fails(
      file("cut.csv.gz", packed.subarray(0, packed.length - 100)),
      /cut\.csv\.gz.*ends in the middle.*get it again/,
    );
    await fails(
      file("bent.csv.gz", Buffer.concat([packed.subarray(0, 400), Buffer.alloc(800)])),
      /bent\.csv\.gz.*damaged/,
    );
    await fails(file("plain.csv", packed), /compressed with gzip; name it \.gz/);

    // A type that breaks behind the sample, declared: the policy says what becomes of it.
    const late = file("late.csv", `n,t\n${"1,a\n".repeat(100_000)}x,b\n`);
    await fails(late, /line 100002, column "n"/, { schema: schema({ n: int64, t: utf8 }) });
    await fails(late, /line 100002, column "n"/, { types: { n: int64 } });
    assert.equal((await eau2.load(late, { types: { n: int64 }, badRows: "null" })).nrows, 100_001);

    // Patterns mean files by name; a link that leads out of the data roots is not followed.
    const parts = join(folder.path, "parts");
    mkdirSync(parts);
    for (const part of [10, 9, 11]) writeFileSync(join(parts, `p${part}.csv`), `k\n${part}\n`);
    writeFileSync(join(parts, ".p0.csv"), "k\n0\n");
    const all = await eau2.load(join(folder.path, "pa*s", "p?*.csv"));
    assert.deepEqual((await rowsOf(all.untyped)).flat(), [10, 11, 9]);
    await fails(join(parts, "q*.csv"), /no file matches/, {}, "FILE_MISSING");
    symlinkSync("/etc", join(folder.path, "out"));
    await fails(join(folder.path, "out", "*.csv"), /outside the node's data roots/, {}, "DENIED");

    // A preview says the same without loading.
    const preview = await eau2.preview(ragged, { types: { a: utf8 } });
    assert.match(String(preview), /ragged\.csv: 20 bytes, 2 columns.*\na {7}utf8 {3}given\nb {7}int64 /s);
  });
});
