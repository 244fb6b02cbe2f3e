import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notRun, temporaryFolder, testSuite } from "@eau2/testing";
import { countsOf, frameDigest, type WordCounts, wordOracle } from "./kit/digests.js";
import { testCluster } from "./kit/test-cluster.js";
import { distinctText, seededBytes, seededText, sharedText, trickyText } from "./kit/texts.js";

interface Input {
  readonly name: string;
  readonly files: readonly Buffer[];
  /** Small ones make every shard read. @defaultValue what the input's size gives */
  readonly blockBytes?: number;
  readonly chunkRows: readonly (number | undefined)[];
  /** Only the first node sees it. */
  readonly hidden?: boolean;
  /** Whether the words are codes of a dictionary. */
  readonly coded: boolean;
}

const BOTH = [777, undefined] as const;
const text = seededText(1, 120_000);

const INPUTS: readonly Input[] = [
  { name: "seeded words", files: [text], blockBytes: 5_000, chunkRows: BOTH, coded: true },
  {
    name: "CRLF, no last newline",
    files: [seededText(2, 40_000, "\r\n").subarray(0, -2)],
    blockBytes: 999,
    chunkRows: [777],
    coded: true,
  },
  { name: "bytes that are no UTF-8", files: [seededBytes(3, 60_000)], blockBytes: 4_096, chunkRows: BOTH, coded: true },
  { name: "an empty file", files: [Buffer.alloc(0)], chunkRows: BOTH, coded: true },
  {
    name: "white space only",
    files: [Buffer.from(" \t\r\n\v\f".repeat(500))],
    blockBytes: 100,
    chunkRows: [777],
    coded: true,
  },
  { name: "names of properties", files: [trickyText()], blockBytes: 700, chunkRows: BOTH, coded: true },
  {
    name: "several files, one of them empty",
    files: [seededText(4, 30_000), Buffer.alloc(0), Buffer.from("one"), seededText(5, 20_000)],
    blockBytes: 3_000,
    chunkRows: [777],
    coded: true,
  },
  {
    name: "seeded words that one node alone sees",
    files: [text],
    blockBytes: 5_000,
    chunkRows: BOTH,
    coded: true,
    hidden: true,
  },
  {
    name: "one word over many blocks that one node alone sees",
    files: [Buffer.concat([Buffer.from("short "), Buffer.alloc(30_000, "x"), Buffer.from(" end")])],
    blockBytes: 1_000,
    chunkRows: [777],
    coded: true,
    hidden: true,
  },
  { name: "a million different words", files: [distinctText(1_000_000)], chunkRows: [20_000], coded: false },
];

/** What others have counted in the same files. */
const SHARED: readonly (Input & { readonly words: number; readonly distinct: number })[] = [
  ["asyoulik.txt", 22_960, 5_317] as const,
  ["plrabn12.txt", 80_163, 16_858] as const,
  ["words-100k.txt", 10_000, 463] as const,
].flatMap(([name, words, distinct]) => {
  const file = sharedText(name);
  if (file !== undefined)
    return [{ name, files: [file], blockBytes: 4_096, chunkRows: BOTH, coded: true, words, distinct }];
  notRun(`counts of ${name}`, "EAU2_SHARED does not name a folder with data/ in it");
  return [];
});

/** Every size of cluster, of processes, is the demo's test. */
const CLUSTERS = [
  { nodeCount: 1, shardCount: 1 },
  { nodeCount: 2, shardCount: 2 },
  { nodeCount: 3, shardCount: 1 },
];

testSuite("the same everywhere", (test) => {
  /** What the first cluster made of each input: digest of all bytes. */
  const digests = new Map<string, string>();
  const oracles = new Map<string, WordCounts>();
  for (const input of [...INPUTS, ...SHARED]) oracles.set(input.name, wordOracle(...input.files));

  for (const { words, distinct, name } of SHARED) {
    test(`the oracle counts what others have counted in ${name}`, () => {
      const counts = oracles.get(name)!;
      assert.deepEqual([counts.words, counts.distinct], [words, distinct]);
    });
  }

  for (const { nodeCount, shardCount } of CLUSTERS) {
    test(
      `${nodeCount} nodes of ${shardCount} shards: the counts are right, and every byte of both frames is the same`,
      async () => {
        using folder = temporaryFolder();
        const seen = join(folder.path, "seen");
        const hidden = join(folder.path, "hidden");
        mkdirSync(seen);
        mkdirSync(hidden);
        const dataRoots = Array.from({ length: nodeCount }, (_, node) => (node === 0 ? [seen, hidden] : [seen]));
        await using cluster = await testCluster({ shardCount, dataRoots, memoryBytes: 256 * 1024 ** 2 });
        const { eau2 } = cluster;
        for (const [number, input] of [...INPUTS, ...SHARED].entries()) {
          const paths = input.files.map((content, index) => {
            const path = join(input.hidden === true ? hidden : seen, `${number}-${index}.txt`);
            writeFileSync(path, content);
            return path;
          });
          for (const chunkRows of input.chunkRows) {
            const title = `${input.name}, ${chunkRows ?? "default"} rows a chunk`;
            const options = {
              ...(chunkRows === undefined ? {} : { chunkRows }),
              ...(input.blockBytes === undefined ? {} : { blockBytes: input.blockBytes }),
            };
            const loaded = await eau2.loadText(paths, options);
            const counted = await eau2.countValues(loaded.key, "word", options);
            const expected = oracles.get(input.name)!;
            assert.equal(loaded.report.rowCount, expected.words, title);
            assert.equal(loaded.report.coded, input.coded, title);
            const digest = await frameDigest(loaded.frame, counted.frame);
            assert.equal(digest, digests.get(title) ?? digest, title);
            // The same bytes are the same counts: a large result is read once.
            if (!digests.has(title) || expected.words < 100_000) {
              assert.deepEqual(await countsOf(counted.frame), expected, title);
            }
            digests.set(title, digest);

            const { shares, inputBytes } = loaded.report;
            const blockCount = shares.reduce((sum, { blocks }) => sum + blocks, 0);
            assert.equal(shares.length, nodeCount * shardCount);
            assert.equal(
              shares.reduce((sum, { bytes }) => sum + bytes, 0),
              inputBytes,
            );
            assert.equal(
              shares.reduce((sum, { rows }) => sum + rows, 0),
              expected.words,
            );
            for (const { node, blocks, sentBytes } of shares) {
              if (blockCount >= 12) assert.ok(blocks > 0, `${title}: a shard of ${node} read nothing`);
              const isBlind = input.hidden === true && node !== "n0";
              assert.equal(sentBytes > 0, isBlind && blocks > 0, title);
            }
            // The blocks themselves and the end of each run's last token: nobody sends a giant word again and again.
            const sentBytes = shares.reduce((sum, share) => sum + share.sentBytes, 0);
            assert.ok(sentBytes <= 2 * inputBytes, `${title}: ${sentBytes} bytes were sent`);
            await eau2.dropFrame(loaded.key);
            await eau2.dropFrame(counted.key);
          }
        }
        await cluster.idle();
        assert.deepEqual(await eau2.store.keys(""), []);
        for (const { pool, store } of cluster.nodes) assert.deepEqual([pool.usedBytes, store.cache.bytes], [0, 0]);
      },
      { timeoutMs: 120_000 },
    );
  }
});
