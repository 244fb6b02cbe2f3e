/** What a query writes as CSV is what loading it gives back. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boolean, DataFrame, date, float64, int64, schema, timestamp, utf8 } from "@eau2/dataframe";
import { testSuite } from "@eau2/testing";
import { open } from "../../src/index.js";

const Row = schema({
  text: utf8,
  number: float64,
  exact: int64({ as: "bigint" }),
  flag: boolean,
  day: date,
  moment: timestamp({ as: "bigint" }),
});

const ROWS = [
  { text: "plain", number: 0.1, exact: 2n ** 53n + 1n, flag: true, day: new Date("2024-02-29"), moment: 1n },
  { text: 'a "quoted", text', number: -0, exact: -1n, flag: false, day: new Date("1969-12-31"), moment: -1n },
  { text: "two\nlines\r\nthree", number: 9.9e-5, exact: 0n, flag: null, day: null, moment: 1_700_000_000_123_456n },
  { text: " spaces ", number: 1e300, exact: null, flag: true, day: new Date("2000-01-01"), moment: null },
  { text: "", number: null, exact: 7n, flag: true, day: new Date("0001-01-01"), moment: 0n },
  { text: null, number: 5e-324, exact: 8n, flag: false, day: new Date("9999-12-31"), moment: 2n },
  { text: "naïve 😀", number: 123456789, exact: 9n, flag: true, day: new Date("2020-05-05"), moment: 3n },
];

testSuite("write CSV", (test) => {
  test("rows come back as they were, by several chunks and any bytes of text", async () => {
    const folder = await mkdtemp(join(tmpdir(), "eau2-write-"));
    try {
      await using eau2 = await open({ shards: 2, dataRoots: [folder] });
      const frame = await DataFrame.fromRows(eau2.store, Row, ROWS, { chunkRows: 3 });
      const path = join(folder, "out.csv");
      const report = await frame.write(path);
      assert.equal(report.rowCount, ROWS.length);
      assert.equal(report.bytes, (await readFile(path)).length);
      const loaded = await eau2.load(path, { schema: Row });
      assert.deepEqual(await loaded.head(100), await frame.head(100));
      assert.deepEqual(await readdir(folder), ["out.csv"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("a format that is not known, a folder that is not there and a signal leave no file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "eau2-write-"));
    try {
      await using eau2 = await open({ shards: 1, dataRoots: [folder] });
      const frame = await DataFrame.fromRows(eau2.store, Row, ROWS, { chunkRows: 2 });
      await assert.rejects(frame.write(join(folder, "out.parquet")), { code: "USAGE" });
      await assert.rejects(frame.write(join(folder, "none", "out.csv")), { code: "FILE_MISSING" });
      const controller = new AbortController();
      const stopped = frame.write(join(folder, "out.csv"), {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      });
      await assert.rejects(stopped, { code: "CANCELLED" });
      assert.deepEqual(await readdir(folder), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
