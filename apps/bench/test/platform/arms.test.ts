import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, testSuite } from "@eau2/testing";
import { answerOf } from "../../src/platform/answer.js";
import type { CountHandlers } from "../../src/platform/arms/wordcount-arm.js";
import { countWithAwk, hasAwk } from "../../src/platform/awk.js";
import { writeZipfFile } from "../../src/platform/bench-data.js";
import { Child } from "../../src/platform/child.js";

/** Another way to count than any arm's: sort, then measure runs of equal words. */
const countByRuns = (text: string): [string, number][] => {
  const words = text.split(/[ \n]+/).filter((word) => word !== "");
  words.sort();
  const counts: [string, number][] = [];
  for (let start = 0, end = 0; start < words.length; start = end) {
    while (end < words.length && words[end] === words[start]) end++;
    counts.push([words[start]!, end - start]);
  }
  return counts;
};

testSuite("arms of the word count", (test) => {
  test("each gives all words with their counts", async () => {
    using folder = temporaryFolder();
    const [file, warmUpFile] = [join(folder.path, "text.txt"), join(folder.path, "warm-up.txt")];
    writeZipfFile(file, 400_000, 7);
    writeZipfFile(warmUpFile, 10_000, 8);
    const text = readFileSync(file, "latin1");
    assert.ok(text.length > 399_000 && text.length <= 400_000 && text.endsWith("\n"));
    const expected = answerOf(countByRuns(text));
    for (const name of ["wordcount-eau2", "wordcount-map"]) {
      await using child = new Child<CountHandlers>(name);
      const { answer, ms, peakResidentBytes } = await child.ask("run", { file, warmUpFile, peers: null });
      assert.deepEqual(answer, expected, name);
      assert.ok(ms > 0 && peakResidentBytes > 1e7, name);
    }
    if (hasAwk()) assert.deepEqual((await countWithAwk(file)).answer, expected);
  });

  test("one more of a single word is another answer", () => {
    const counts: [string, number][] = [
      ["b", 2],
      ["a", 1],
    ];
    assert.equal(answerOf(counts).digest, answerOf(counts.toReversed()).digest);
    assert.notEqual(answerOf(counts).digest, answerOf([...counts.slice(1), ["b", 3]]).digest);
  });

  test("a process that fails says why, and one that ends is not waited for", async () => {
    await using child = new Child<CountHandlers>("wordcount-map");
    const missing = { file: "/nowhere/to/be/found", warmUpFile: "/nowhere/to/be/found", peers: null };
    await assert.rejects(child.ask("run", missing), { code: "INTERNAL", message: /ENOENT/ });
  });
});
