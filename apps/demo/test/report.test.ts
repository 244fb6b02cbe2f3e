import assert from "node:assert/strict";
import { testSuite } from "@eau2/testing";
import { formatReport, type WordCountReport } from "../src/report.js";

const frame = { name: "f/1/frame", home: 0 } as WordCountReport["load"]["frame"];
const report = (changes: Partial<WordCountReport> = {}): WordCountReport => ({
  nodes: 2,
  shards: 2,
  files: ["/data/a.txt"],
  load: {
    frame,
    rowCount: 1_500_000,
    inputBytes: 9_000_000,
    coded: true,
    shares: [
      { home: 0, node: "one", blocks: 10, bytes: 6_000_000, rows: 1_000_000, sentBytes: 0 },
      { home: 1, node: "two", blocks: 5, bytes: 3_000_000, rows: 500_000, sentBytes: 3_000_100 },
    ],
    phases: [
      { name: "split", ms: 1_500 },
      { name: "seal", ms: 250 },
    ],
  },
  count: { frame, rowCount: 3, phases: [{ name: "map", ms: 8.25 }] } as WordCountReport["count"],
  loadMs: 1_750,
  countMs: 250,
  startMs: 800,
  words: 1_500_000,
  distinct: 12_345,
  top: [
    ["the", 100_000],
    ["日本", 50_000],
    ["rare", 1],
  ],
  ...changes,
});

testSuite("demo report", (test) => {
  test("a report for people: words with bars, rates, shares and phases", () => {
    assert.equal(
      formatReport(report()),
      `
Word count of /data/a.txt
2 nodes, 2 shards, 9.00 MB

  word    count
  the   100,000  ████████████████████████████
  日本     50,000  ██████████████
  rare        1  █

1,500,000 words, 12,345 different (750,000 words/s, 5 MB/s)

How the reading was spread
  node  shard  blocks    bytes      words
  one       0      10  6.00 MB  1,000,000  ███████████████████
  two       1       5  3.00 MB    500,000  █████████            3.00 MB sent to it

Where the time went
  start           800 ms
  split           1.50 s  █████████████████████
  seal            250 ms  ████
  map             8.3 ms  █
  load and count  2.00 s
`,
    );
  });

  test("one is singular, several files are counted, and no words are said to be none", () => {
    const text = formatReport(report({ nodes: 1, shards: 1, files: ["/a", "/b"], words: 0, distinct: 0, top: [] }));
    assert.match(text, /^\nWord count of 2 files\n1 node, 1 shard, /);
    assert.match(text, /\n {2}no words\n\n0 words, 0 different /);
    assert.match(formatReport(report({ words: 1, distinct: 1, top: [["x", 1]] })), /\n1 word, 1 different /);
  });

  test("a text cannot steer the terminal", () => {
    const text = formatReport(report({ top: [["\u001b[31mred\u0007\u009b2J", 1]] }));
    assert.match(text, /\n {2}\ufffd\[31mred\ufffd\ufffd2J +1 /);
    assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}/u);
  });

  test("nothing read in no time prints no NaN and no infinity", () => {
    const { load } = report();
    const empty = { ...load, inputBytes: 0, shares: load.shares.map((share) => ({ ...share, bytes: 0, rows: 0 })) };
    const text = formatReport(report({ load: empty, words: 0, distinct: 0, top: [], loadMs: 0, countMs: 0 }));
    assert.doesNotMatch(text, /NaN|Infinity|undefined/);
  });
});
