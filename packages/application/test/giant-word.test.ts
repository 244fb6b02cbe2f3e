import assert from "node:assert/strict";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { open } from "../src/index.js";

const WORD_BYTES = 100 * 1000 ** 2;
/** Slabs, the kernel's memory while it reads, and what is copied to build the dictionary. */
const GROWN_BYTES_MAX = 1_800 * 1024 ** 2;

testSuite("one word of 100 MB", (test) => {
  test(
    "is one word, read in many blocks, with memory in proportion to it",
    async () => {
      using folder = temporaryFolder();
      const path = join(folder.path, "text");
      const file = openSync(path, "w");
      const piece = Buffer.alloc(1000 ** 2, "x");
      writeSync(file, "one two ");
      for (let written = 0; written < WORD_BYTES; written += piece.length) writeSync(file, piece);
      writeSync(file, " two");
      closeSync(file);
      await using eau2 = await open({ dataRoots: [folder.path], shards: 2, memoryBytes: 1024 ** 3 });
      const before = process.memoryUsage().rss;
      const loaded = await eau2.loadText([path]);
      const counted = await eau2.countValues(loaded.key, "word");
      const counts: [number, number][] = [];
      for await (const { rowCount, columns } of counted.frame.chunks()) {
        for (let row = 0; row < rowCount; row++) {
          counts.push([columns[0]!.bytesAt(row)!.length, columns[1]!.get(row) as number]);
        }
      }
      assert.deepEqual(counts, [
        [3, 1],
        [3, 2],
        [WORD_BYTES, 1],
      ]);
      assert.ok(loaded.report.shares.every(({ blocks }) => blocks > 0));
      const grownBytes = process.memoryUsage().rss - before;
      assert.ok(grownBytes < GROWN_BYTES_MAX, `${Math.round(grownBytes / 1024 ** 2)} MiB more`);
      await eau2.dropFrame(loaded.key);
      await eau2.dropFrame(counted.key);
      assert.deepEqual(
        (await eau2.status()).nodes.map(({ bytes }) => bytes),
        [0],
      );
    },
    { timeoutMs: 120_000 },
  );
});
